import { NODE_SERVER, SAYS, type ToolCase } from '../support/tool-case.ts';

const server = {
  files: { 'server.mjs': NODE_SERVER },
  default: 3000,
  says: SAYS,
} as const;
const nest = {
  packages: [
    '@nestjs/cli@11',
    '@nestjs/core@11',
    '@nestjs/common@11',
    '@nestjs/platform-express@11',
    'reflect-metadata@0.2',
    'rxjs@7',
    'typescript@5',
  ],
  files: {
    'tsconfig.json': {
      compilerOptions: {
        module: 'commonjs',
        target: 'ES2022',
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        outDir: 'dist',
        rootDir: 'src',
        skipLibCheck: true,
        types: [],
      },
      include: ['src'],
    },
    'nest-cli.json': { sourceRoot: 'src' },
    'src/main.ts': `import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
declare const process: any;
@Controller()
class Page { @Get() page() { return '${SAYS}'; } }
@Module({ controllers: [Page] })
class App {}
NestFactory.create(App).then((app) => app.listen(process.env.PORT ?? 3000));
`,
  },
  default: 3000,
  says: SAYS,
} as const;

/** Servers that a project writes itself, each with the framework's usual way to read PORT. */
const ownServers: readonly (readonly [string, string, string])[] = [
  [
    'express',
    'express@5',
    `const express = require('express');
const app = express();
const port = process.env.PORT || 3000;
app.get('/', (request, response) => response.send('${SAYS}'));
app.listen(port, () => console.log('listening on ' + port));
`,
  ],
  [
    'koa',
    'koa@3',
    `const Koa = require('koa');
const app = new Koa();
app.use((context) => { context.body = '${SAYS}'; });
app.listen(process.env.PORT || 3000);
`,
  ],
  [
    'hapi',
    '@hapi/hapi@21',
    `const Hapi = require('@hapi/hapi');
const server = Hapi.server({ port: process.env.PORT || 3000, host: 'localhost' });
server.route({ method: 'GET', path: '/', handler: () => '${SAYS}' });
server.start();
`,
  ],
  [
    'polka',
    'polka@0.5',
    `const polka = require('polka');
polka().get('/', (request, response) => response.end('${SAYS}')).listen(process.env.PORT || 3000);
`,
  ],
  [
    'restify',
    'restify@11',
    `const restify = require('restify');
const server = restify.createServer();
server.get('/', (request, response, next) => { response.send('${SAYS}'); next(); });
server.listen(process.env.PORT || 3000);
`,
  ],
  [
    'fastify in a file',
    'fastify@5',
    `const fastify = require('fastify')();
fastify.get('/', async () => '${SAYS}');
fastify.listen({ port: Number(process.env.PORT) || 3000 });
`,
  ],
  [
    'hono',
    '@hono/node-server@1',
    `const { serve } = require('@hono/node-server');
const { Hono } = require('hono');
const app = new Hono().get('/', (context) => context.text('${SAYS}'));
serve({ fetch: app.fetch, port: Number(process.env.PORT) || 3000 });
`,
  ],
  [
    'apollo',
    '@apollo/server@4',
    `const { ApolloServer } = require('@apollo/server');
const { startStandaloneServer } = require('@apollo/server/standalone');
const server = new ApolloServer({ typeDefs: 'type Query { page: String }', resolvers: { Query: { page: () => '${SAYS}' } } });
startStandaloneServer(server, { listen: { port: Number(process.env.PORT) || 4000 } });
`,
  ],
  [
    'graphql-yoga',
    'graphql-yoga@5',
    `const { createServer } = require('node:http');
const { createSchema, createYoga } = require('graphql-yoga');
const schema = createSchema({ typeDefs: 'type Query { page: String }', resolvers: { Query: { page: () => '${SAYS}' } } });
createServer(createYoga({ schema })).listen(process.env.PORT || 4000);
`,
  ],
  [
    'socket.io',
    'socket.io@4',
    `const { Server } = require('socket.io');
const { createServer } = require('node:http');
const server = createServer((request, response) => response.end('${SAYS}'));
new Server(server);
server.listen(process.env.PORT || 3000);
`,
  ],
  [
    'ws',
    'ws@8',
    `const { WebSocketServer } = require('ws');
new WebSocketServer({ port: process.env.PORT || 8080 });
`,
  ],
];
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  hono: ['hono@4'],
  apollo: ['graphql@16'],
  'graphql-yoga': ['graphql@16'],
};
const DEFAULTS: Readonly<Record<string, number>> = { apollo: 4000, 'graphql-yoga': 4000, ws: 8080 };
const SILENT = ['apollo', 'graphql-yoga', 'ws'];

export const nodeServers: readonly ToolCase[] = [
  { ...server, name: 'node', command: 'node server.mjs', fixed: 'PORT={port} node server.mjs' },
  {
    ...server,
    name: 'node --watch',
    command: 'node --watch server.mjs',
    fixed: 'PORT={port} node --watch server.mjs',
  },
  {
    ...server,
    name: 'nodemon',
    packages: ['nodemon@3'],
    command: 'nodemon server.mjs',
    fixed: 'PORT={port} nodemon server.mjs',
  },
  {
    ...server,
    name: 'tsx watch',
    packages: ['tsx@4'],
    command: 'tsx watch server.mjs',
    fixed: 'PORT={port} tsx watch server.mjs',
  },
  {
    ...server,
    name: 'ts-node-dev',
    packages: ['ts-node-dev@2', 'typescript@5'],
    files: {
      'server.ts': `declare const require: any, process: any;
require('node:http').createServer((request: any, response: any) => response.end('${SAYS}')).listen(process.env.PORT || 3000);
`,
      'tsconfig.json': { compilerOptions: { types: [], module: 'commonjs' } },
    },
    command: 'ts-node-dev server.ts',
    fixed: 'PORT={port} ts-node-dev server.ts',
  },
  {
    ...server,
    name: 'cross-env',
    packages: ['cross-env@7'],
    command: 'cross-env MODE=dev node server.mjs',
    fixed: 'cross-env PORT={port} node server.mjs',
  },
  {
    ...server,
    name: 'pm2-runtime',
    packages: ['pm2@6'],
    command: 'pm2-runtime server.mjs',
    fixed: 'PORT={port} pm2-runtime server.mjs',
  },
  {
    name: 'bun',
    packages: ['bun@1'],
    files: { 'server.ts': `Bun.serve({ fetch: () => new Response('${SAYS}') });\n` },
    command: 'bun server.ts',
    fixed: 'PORT={port} bun server.ts',
    default: 3000,
    says: SAYS,
  },
  {
    name: 'bun --hot',
    packages: ['bun@1'],
    files: { 'server.ts': `export default { fetch: () => new Response('${SAYS}') };\n` },
    command: 'bun --hot server.ts',
    fixed: 'PORT={port} bun --hot server.ts',
    default: 3000,
    says: SAYS,
  },
  {
    name: 'deno serve',
    row: 'deno serve',
    packages: ['deno@2'],
    files: { 'server.ts': `export default { fetch: () => new Response('${SAYS}') };\n` },
    command: 'deno serve server.ts',
    fixed: 'deno serve --port {port} server.ts',
    default: 8000,
    says: SAYS,
  },
  {
    name: 'deno run',
    packages: ['deno@2'],
    files: { 'server.ts': `Deno.serve(() => new Response('${SAYS}'));\n` },
    command: 'deno run --allow-net --allow-env server.ts',
    fixed: 'DENO_SERVE_ADDRESS=tcp:127.0.0.1:{port} deno run --allow-net --allow-env server.ts',
    default: 8000,
    says: SAYS,
  },
  { ...nest, name: 'nest start', row: 'nest start', command: 'nest start', fixed: 'PORT={port} nest start' },
  {
    ...nest,
    name: 'nest start --watch',
    command: 'nest start --watch',
    fixed: 'PORT={port} nest start --watch',
  },
  {
    name: 'fastify-cli',
    row: 'fastify start',
    packages: ['fastify-cli@7', 'fastify@5'],
    files: { 'app.js': `module.exports = async (app, options) => app.get('/', async () => '${SAYS}');\n` },
    command: 'fastify start app.js',
    fixed: 'fastify start -p {port} app.js',
    default: 3000,
    says: SAYS,
  },
  {
    name: 'react-email',
    row: 'email dev',
    packages: ['react-email@3', '@react-email/components@0.0.31', 'react@18', 'react-dom@18', 'next@15'],
    files: { 'emails/page.jsx': `export default function Page() { return <h1>${SAYS}</h1>; }\n` },
    command: 'email dev',
    fixed: 'email dev --port {port}',
    default: 3000,
  },
  {
    name: 'mcp-inspector',
    row: 'mcp-inspector',
    packages: ['@modelcontextprotocol/inspector@0.16'],
    newNode: true,
    files: {},
    env: { MCP_AUTO_OPEN_ENABLED: 'false' },
    command: 'mcp-inspector',
    fixed: 'CLIENT_PORT={port} mcp-inspector',
    others: [6277],
    default: 6274,
  },
  {
    name: 'node-red',
    row: 'node-red',
    packages: ['node-red@4'],
    files: {},
    command: 'node-red --userDir .',
    fixed: 'node-red --userDir . -p {port}',
    default: 1880,
  },
  ...ownServers.map(([name, first, text]): ToolCase => ({
    name,
    packages: [first, ...(PACKAGES[name] ?? [])],
    files: { 'server.js': text },
    command: 'node server.js',
    fixed: 'PORT={port} node server.js',
    default: DEFAULTS[name] ?? 3000,
    ...(!SILENT.includes(name) && { says: SAYS }),
  })),
  {
    name: 'micro',
    row: 'micro',
    packages: ['micro@10'],
    files: { 'index.js': `module.exports = () => '${SAYS}';\n` },
    command: 'micro',
    fixed: 'micro -p {port}',
    default: 3000,
    says: SAYS,
  },
  {
    name: 'micro-dev',
    row: 'micro-dev',
    packages: ['micro-dev@3', 'micro@9'],
    files: { 'index.js': `module.exports = () => '${SAYS}';\n` },
    command: 'micro-dev -s',
    fixed: 'micro-dev -s -p {port}',
    default: 3000,
    says: SAYS,
  },
];

/** The project of the pictures. */

const SERVER = `import { createServer } from 'node:http';
const name = process.argv[2] ?? 'web';
createServer((_request, response) => response.end('hello from ' + name)).listen(process.env.PORT, () => {
  console.log(name + ' listens on ' + process.env.PORT);
});
`;

export const shop = {
  project: 'shop',
  files: {
    'server.mjs': SERVER,
    'package.json': {
      name: 'shop',
      private: true,
      scripts: { dev: 'node server.mjs', test: 'vitest', build: 'vite build' },
    },
  },
};

/** Two services, one of which needs the other. */
export const services = {
  ...shop,
  files: {
    ...shop.files,
    'styxy.config.json': {
      services: {
        web: { command: 'node server.mjs web', depends_on: ['api'] },
        api: { type: 'api', command: 'node server.mjs api' },
      },
    },
  },
};

/** A third service, whose program does not listen on the port that it was given. */
export const withDrift = {
  ...services,
  files: {
    ...services.files,
    'docs.mjs': `import { createServer } from 'node:http';
createServer().listen(Number(process.env.PORT) + 8);
`,
  },
};

import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listens } from '../../../src/hook/entry/listens.ts';
import { entryFile } from '../../../src/hook/entry/file.ts';

const inProject = (files: Record<string, string>, command: string): boolean =>
  listens(command.split(' '), (path) => files[posix.normalize(path)]);

describe('the file that a command runs', () => {
  test.each([
    ['node server.js', 'server.js'],
    ['node --watch -r ./setup.js --import tsx src/main.ts --port 1', 'src/main.ts'],
    ['node --watch-path=./server server/server.js', 'server/server.js'],
    ['tsx watch src/index.ts', 'src/index.ts'],
    ['bun run --hot src/index.ts', 'src/index.ts'],
    ['deno run --allow-net main.ts', 'main.ts'],
    ['nodemon -w src src/index.js', 'src/index.js'],
    ['python3 -u app.py', 'app.py'],
    ['./server.py', './server.py'],
    ['pm2 start ecosystem.config.json', 'ecosystem.config.json'],
    ['node -e listen()', undefined],
    ['python -m http.server', undefined],
    ['node --test test.js', undefined],
    ['node node_modules/.bin/vite', 'node_modules/.bin/vite'],
    ['node', undefined],
    ['cargo run', undefined],
  ])('%s: %s', (command, path) => {
    expect(entryFile(command.split(' '))?.path).toBe(path);
  });
});

describe("a program of one's own listens", () => {
  test.each([
    [
      'express',
      { 'a.js': `const app = require('express')();\napp.listen(process.env.PORT || 3000, () => {});` },
      'node a.js',
    ],
    ['http', { 'a.js': `require('http').createServer(f).listen(3000)` }, 'node a.js'],
    ['a file without its ending', { 'server/index.js': 'app.listen(port)' }, 'node server'],
    ['hono', { 'a.ts': `serve({ fetch: app.fetch, port: 3000 })` }, 'tsx a.ts'],
    ['Deno', { 'a.ts': `Deno.serve((r) => new Response())` }, 'deno run -A a.ts'],
    ['Bun', { 'a.ts': `Bun.serve({ port: 3000 })` }, 'bun a.ts'],
    [
      'a file that it imports',
      { 'a.js': `import { start } from './lib/start.js'; start()`, 'lib/start.js': `server.listen(PORT)` },
      'node a.js',
    ],
    [
      'a TypeScript file behind a name of JavaScript',
      { 'a.ts': `import './b.js'`, 'b.ts': `app.listen(1)` },
      'tsx a.ts',
    ],
    [
      'a file that it starts',
      { 'demo/a.js': `fork('./server.js')`, 'demo/server.js': `app.listen(80)` },
      'node demo/a',
    ],
    [
      'the main of the package',
      { 'package.json': '{"main":"lib/x.js"}', 'lib/x.js': 'app.listen(1)' },
      'node .',
    ],
    [
      'pm2',
      { 'ecosystem.config.js': `module.exports = { apps: [{ script: './a.js' }] }`, 'a.js': 'app.listen(1)' },
      'pm2 start ecosystem.config.js',
    ],
    ['flask', { 'a.py': `app.run(debug=True)` }, 'python a.py'],
    ['uvicorn', { 'a.py': `uvicorn.run("a:app", port=8000)` }, 'python3 a.py'],
    ['http.server', { 'a.py': `HTTPServer(("", 8000), H).serve_forever()` }, 'python3 a.py'],
    ['sinatra', { 'a.rb': `require 'sinatra'` }, 'ruby a.rb'],
  ])('by %s', (_, files, command) => {
    expect(inProject(files, command)).toBe(true);
  });

  test.each([
    ['a tool', { 'cli.js': `console.log('hi')` }, 'node cli.js'],
    [
      'a seeder',
      { 'seed.js': `require('./db').connect()`, 'db.js': 'mongoose.connect(url)' },
      'node seed.js',
    ],
    ['a port that the system chooses', { 'a.js': `server.listen(0, done)` }, 'node a.js'],
    ['a socket file', { 'a.js': `server.listen('/tmp/x.sock')` }, 'node a.js'],
    ['listeners of events', { 'a.js': `history.listen((location) => x)` }, 'node a.js'],
    [
      'comments',
      { 'a.js': `// app.listen(3000)\n/* server.listen(1) */\nrun(); // then .listen(2)` },
      'node a.js',
    ],
    ['a file that is not there', {}, 'node a.js'],
    ['a script of python', { 'a.py': `subprocess.run(["ls"])` }, 'python a.py'],
  ])('but not %s', (_, files, command) => {
    expect(inProject(files, command)).toBe(false);
  });
});

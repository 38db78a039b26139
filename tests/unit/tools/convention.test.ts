import { describe, expect, it } from 'vitest';
import { type Files, planPort, PORT, projectOf } from './support.ts';

const OWN = { 'node_modules/.bin/mytool': '#!/usr/bin/env node' };
const planOf = (command: string, files = {}) => planPort(command.split(' '), projectOf(files));

describe('a server that the table does not have', () => {
  it.each([
    ['mytool serve --port 4000', 'mytool serve --port 3456'],
    ['mytool serve -p 4000 dist', 'mytool serve -p 3456 dist'],
    ['mytool dev-server --port=4000', 'mytool dev-server --port=3456'],
    ['my-server --listen 0.0.0.0:4000', 'my-server --listen 0.0.0.0:3456'],
    ['my-httpd -p 4000', 'my-httpd -p 3456'],
  ])('that says it is one has its number replaced: %s', (command, expected) => {
    const found = planOf(command);
    expect(found.inject(PORT).argv.join(' ')).toBe(expected);
    expect(found.wish).toBe(4000);
  });

  it('of the project may also be started by a plainer word', () => {
    expect(planOf('mytool dev --port 4000', OWN).inject(PORT).argv.join(' ')).toBe('mytool dev --port 3456');
    const script = { ...OWN, 'package.json': { scripts: { dev: 'mytool dev -p 4000' } } };
    expect(JSON.stringify(planOf('npm run dev', script).inject(PORT))).toContain('"mytool dev -p 3456"');
  });

  it.each([
    'mysql dev --port 3306',
    'mytool dev --port 4000',
    'mytool --port 4000',
    'mytool serve',
    'mytool build --port 4000',
    'mytool serve --port auto',
    'psql server -p 5432',
  ])('and that may be something else is left as it is: %s', (command) => {
    const found = planOf(command);
    expect(found.inject(PORT).argv.join(' ')).toBe(command);
  });
});

describe("a program of one's own whose command names a port", () => {
  it.each([
    './bin/app --port 4000',
    'target/app -addr :4000',
    'java Main --port 4000',
    'go run . -port 4000',
  ])('is asked for that port, and is left as it is: %s', (command) => {
    const found = planOf(command);
    expect(found.wish).toBe(4000);
    expect(found.because).toMatch(/is told port 4000 by its command, which is left as it is$/);
    expect(found.inject(PORT)).toEqual({ argv: command.split(' ') });
  });

  it('whatever stands in for that in its text', () => {
    const text = 'addr := flag.String("addr", ":8080", "")\nhttp.ListenAndServe(*addr, nil)\n';
    const wishOf = (command: string, files: Files) => planPort(command.split(' '), projectOf(files)).wish;
    expect(wishOf('go run . -addr :8090', { 'main.go': text })).toBe(8090);
    expect(wishOf('go run .', { 'main.go': text })).toBe(8080);
    expect(wishOf('go run . -addr :8090', { 'main.go': 'http.ListenAndServe(":8080", nil)' })).toBe(8080);
  });

  it.each(['/usr/bin/psql --port 4000', 'mysql --port 4000', './app --port auto'])(
    'is not meant by: %s',
    (command) => expect(planOf(command).wish).toBeUndefined(),
  );
});

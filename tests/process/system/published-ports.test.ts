import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createPublishedPorts, dockerSockets } from '../../../src/system/ports/published-ports.ts';
import { tempDir } from '../../support/temp.ts';
import { httpOnSocket, rawOnSocket, socketPath } from '../../support/unix-server.ts';

const CONTAINER = { Names: ['/web-1'], Image: 'nginx', Ports: [{ PublicPort: 3000, Type: 'tcp' }] };

/** A Docker engine that counts what it is asked. */
async function fakeDocker(answer: unknown = [CONTAINER]) {
  const asked: string[] = [];
  const path = await httpOnSocket((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end(JSON.stringify(answer));
  });
  return { asked, env: { DOCKER_HOST: `unix://${path}` } };
}

test('what containers publish is asked for once, however many ask at a time', async () => {
  const docker = await fakeDocker();
  const ports = createPublishedPorts(docker.env);
  const answers = await Promise.all([ports.has(3000), ports.has(3001), ports.read()]);
  expect(answers).toMatchObject([true, false, [{ port: 3000, container: { name: 'web-1' } }]]);
  expect(docker.asked).toEqual(['GET /containers/json']);
});

test('who is in a hurry gets what is known, and the next one what is true', async () => {
  const containers = [CONTAINER];
  const docker = await fakeDocker(containers);
  let now = 0;
  const ports = createPublishedPorts(docker.env, () => now);
  expect(await ports.has(3000)).toBe(true);
  containers.pop();
  now = 2000;
  expect(await ports.has(3000)).toBe(true);
  expect(docker.asked).toHaveLength(1);
  now = 2001;
  expect(await ports.has(3000)).toBe(true);
  expect(await ports.read()).toEqual([]);
  expect(docker.asked).toHaveLength(2);
});

test('what is older than half a minute is asked for anew', async () => {
  const containers = [CONTAINER];
  const docker = await fakeDocker(containers);
  let now = 0;
  const ports = createPublishedPorts(docker.env, () => now);
  expect(await ports.has(3000)).toBe(true);
  containers.pop();
  now = 30_001;
  expect(await ports.has(3000)).toBe(false);
});

test('an engine that never answers holds nobody up for long, and is then left alone', async () => {
  let connections = 0;
  const path = await rawOnSocket(() => (connections += 1));
  const ports = createPublishedPorts({ DOCKER_HOST: `unix://${path}` });
  const startedAt = performance.now();
  expect(await ports.has(3000)).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(3000);
  expect(await ports.read()).toEqual([]);
  expect(connections).toBe(1);
});

test.each(['HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n', 'nonsense', 'HTTP/1.1 200 OK\r\n\r\n{"half":'])(
  'an answer that is none publishes nothing: %j',
  async (text) => {
    const path = await rawOnSocket((socket) => socket.end(text));
    expect(await createPublishedPorts({ DOCKER_HOST: `unix://${path}` }).read()).toEqual([]);
  },
);

test('a Docker that is not there, or on another machine, is not asked', () => {
  const usual = dockerSockets({});
  for (const host of [`unix://${socketPath()}`, 'unix:///etc/passwd', 'tcp://192.0.2.1:2375', 'ssh://build'])
    expect(dockerSockets({ DOCKER_HOST: host })).toEqual(usual);
});

test('an engine that is reached by several ways is asked once', async () => {
  const { env, asked } = await fakeDocker();
  const path = env.DOCKER_HOST.slice('unix://'.length);
  const runtime = tempDir();
  onTestFinished(runtime.remove);
  symlinkSync(path, join(runtime.path, 'docker.sock'));
  const both = { ...env, XDG_RUNTIME_DIR: runtime.path };
  expect(dockerSockets(both)).toEqual([path, ...dockerSockets({})]);
  await createPublishedPorts(both).read();
  expect(asked).toHaveLength(1);
});

import { beforeAll, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

const home = styxyHome();
beforeAll(() => home.cli(['daemon', 'start']));
const listensOn = (port: string): string[] => [
  'node',
  '-e',
  `require('http').createServer().listen(${port}, '127.0.0.1')`,
];

async function running(name: string, port: string, state: string) {
  const run = home.start(['run', '--name', name, '--', ...listensOn(port)], { cwd: home.place });
  const lease = await waitFor(async () => {
    const { allocations } = await home.api.list();
    return allocations.find((each) => each.service_name === name && each.state === state);
  });
  return { run, lease, pid: lease.listeners[0]!.pid };
}

test('a server whose lease is released is told to go on, and is known as one of ours', async () => {
  const { run, lease, pid } = await running('web', 'process.env.PORT', 'bound');
  const { port } = lease;
  const released = await home.cli(['release', String(port)]);
  expect(released.stderr).toContain(`released ${port} (web)\npid ${pid} (node -e `);
  expect(released.stderr).toContain(
    ` goes on, and listens on port ${port} without a lease; kill ${pid} ends it`,
  );
  expect(run.stderr()).toContain('the lease has ended (released); the command goes on without it');
  const whose = await home.cli(['whose', String(port)]);
  expect(whose.stdout).toMatch(/^state +started by Styxy, has no lease now$/m);
  const list = await home.cli(['list']);
  expect(list.stderr).toContain(`1 more was started by Styxy, with no lease now (${port})`);
  const stop = await home.cli(['stop', String(port)]);
  expect(stop.stderr).toMatch(/why: pid \d+ .* was started by Styxy, and has no lease now/);
  run.process.kill('SIGTERM');
  await run.finished();
});

test('a service that listens elsewhere is stopped with the port that it is on', async () => {
  const elsewhere = home.ports.last;
  // No number that can be read before the start.
  const digits = `Number([${String(elsewhere).split('').join()}].join(''))`;
  const { run, lease } = await running('lost', digits, 'drifted');
  const stopped = await home.cli(['stop', 'lost'], { cwd: home.place });
  expect(stopped.stderr).toBe(`stopped lost (port ${elsewhere} instead of ${lease.port})\n`);
  await run.finished();
});

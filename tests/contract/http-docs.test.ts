import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANSWERS } from '../../src/protocol/openapi/routes.ts';
import { ENDPOINTS } from '../../src/protocol/endpoints.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { startProgram } from '../support/home.ts';
import { endpointOf } from '../support/openapi.ts';
import { claimPorts, type PortBlock } from '../support/ports.ts';
import { waitFor } from '../support/processes.ts';
import { leaseOfRun } from '../support/run-lease.ts';

/** A process that lives as long as the tests: stands for the `4711` of the examples. */
const PID = String(process.pid);

const state: { block?: PortBlock; daemon?: TestDaemon } = {};
beforeAll(async () => {
  const { first } = (state.block = await claimPorts());
  const types = Object.fromEntries(
    ['dev', 'api', 'test', 'ui'].map((name, index) => [
      name,
      { port_range: [first + 10 + index * 20, first + 29 + index * 20] },
    ]),
  );
  state.daemon = await startTestDaemon({ httpPort: first, config: { service_types: types } });
  // The examples say `~/.styxy`, as people's homes are.
  symlinkSync(daemon().paths.home, join(daemon().paths.home, '.styxy'));
});
afterAll(async () => {
  await state.daemon?.[Symbol.asyncDispose]();
  await state.block?.[Symbol.asyncDispose]();
});

function daemon(): TestDaemon {
  if (!state.daemon) throw new Error('the daemon is not started yet');
  return state.daemon;
}

const page = readFileSync(new URL('../../docs/reference/http-api.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text.trim());
const commands = blocks.flatMap((text) => text.replaceAll('\\\n', '').split('\n'));

/** What a reader of the page understands of a command. */
interface Example {
  readonly command: string;
  readonly method: string;
  /** With `$LOCK_ID` and the like in it. */
  readonly path: string;
  readonly body: string | undefined;
}
const examples: Example[] = commands.map((command) => ({
  command,
  method: / -X (\w+)/.exec(command)?.[1] ?? 'GET',
  path: /https?:\/\/(?:localhost|127\.0\.0\.1:9876)([^\s"]*)/.exec(command)?.[1] ?? '',
  body: / -d '([^']*)'/.exec(command)?.[1],
}));

describe('the examples of the reference page', () => {
  const run = (command: string, variables: Record<string, string> = {}) =>
    startProgram(
      ['sh', '-c', command.replace('127.0.0.1:9876', `127.0.0.1:${state.block?.first}`).replace('4711', PID)],
      {
        cwd: daemon().paths.home,
        env: { PATH: process.env['PATH'], HOME: daemon().paths.home, ...variables },
      },
    );
  const lease = () => daemon().coordinator.allocate({ service_type: 'dev', ttl_ms: 600_000 });
  const hasCurl = spawnSync('curl', ['--version']).status === 0;

  test('are there for every route', () => {
    const shown = new Set(examples.map(({ method, path }) => endpointOf(method, path)));
    expect([...shown].toSorted()).toEqual(Object.keys(ENDPOINTS).toSorted());
  });

  const ending = examples.filter(({ command }) => !command.includes('--no-buffer'));
  test.skipIf(!hasCurl).each(ending.map(({ command, method, path }) => [`${method} ${path}`, command]))(
    '%s works as it is printed (needs curl)',
    async (name, command) => {
      const isOfRun = name.endsWith('/restart') || name.includes('/log/');
      const { lock_id: LOCK_ID } = isOfRun ? (await leaseOfRun(daemon())).allocation : await lease();
      const exit = await run(command, {
        LOCK_ID,
        PORT: '3000',
        SERVICE_TYPE: 'dev',
        ID: 'nobody',
      }).finished();
      expect(exit.code, exit.story).toBe(0);
      const [method = '', path = ''] = name.split(' ');
      const endpoint = endpointOf(method, path);
      if (endpoint === 'metrics') return expect(exit.stdout).toContain('# TYPE styxy_leases gauge');
      const answer = JSON.parse(exit.stdout) as { success?: boolean };
      // Without an example of its own, a route is shown with values that may not be there.
      const isSure = endpoint && ('example' in ANSWERS[endpoint] || !path.includes('$'));
      if (isSure || path.includes('$LOCK_ID')) expect(answer.success, exit.stdout).not.toBe(false);
      await daemon()
        .coordinator.release(LOCK_ID)
        .catch(() => undefined);
    },
  );

  test.skipIf(!hasCurl)('the events come as they happen (needs curl)', async () => {
    const { command = '' } = examples.find((example) => example.command.includes('--no-buffer')) ?? {};
    const curl = run(`exec ${command}`);
    await waitFor(() => curl.stdout().includes('event: hello'), 10_000, 'the hello');
    await lease();
    await waitFor(() => curl.stdout().includes('event: granted'), 10_000, 'the lease');
    curl.process.kill('SIGTERM');
    await curl.finished();
  });

  test('are enough to write a client from', async () => {
    const token = readFileSync(daemon().paths.token, 'utf8').trim();
    /** Does what the example of that method and path does, with values of its own. */
    const client = async (
      method: string,
      path: string,
      values: Record<string, string> = {},
      body?: object,
    ) => {
      const example = examples.find(
        (each) =>
          each.method === method && each.path.split('?')[0] === path && !each.command.includes('Bearer'),
      );
      if (!example) throw new Error(`the page has no example of ${method} ${path}`);
      const target = example.path.replaceAll(/\$(\w+)/g, (_, name: string) => values[name] ?? '');
      return ask(method, target, body ?? (example.body && JSON.parse(example.body)));
    };
    function ask(method: string, path: string, body: object | undefined): Promise<Record<string, unknown>> {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
      };
      return new Promise((done, fail) => {
        const asked = request({ host: '127.0.0.1', port: state.block?.first, method, path, headers });
        asked.once('error', fail).once('response', (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.once('end', () => done(JSON.parse(text) as Record<string, unknown>));
        });
        asked.end(body && JSON.stringify(body));
      });
    }
    const web = await client('POST', '/allocate');
    expect(web).toMatchObject({ success: true, service_type: 'dev', service_name: 'web' });
    const LOCK_ID = String(web['lock_id']);
    expect(
      await client('PATCH', '/allocate/$LOCK_ID', { LOCK_ID }, { process_id: process.pid }),
    ).toMatchObject({
      process_id: process.pid,
    });
    const { allocations } = await client('GET', '/allocations');
    expect(allocations).toContainEqual(expect.objectContaining({ lock_id: LOCK_ID }));
    expect(await client('DELETE', '/allocate/$LOCK_ID', { LOCK_ID })).toMatchObject({ state: 'released' });
    expect(await client('DELETE', '/allocate/$LOCK_ID', { LOCK_ID })).toMatchObject({
      success: false,
      error: { code: 'LEASE_NOT_FOUND' },
    });
    expect(await client('GET', '/status')).toMatchObject({ running: true });
  });
});

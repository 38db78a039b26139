import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';
import { shellQuote } from '../../support/wrapper.ts';

const NODE = process.execPath;
const SERVE =
  'const { writeFileSync } = require("node:fs"); const [port, file] = process.argv.slice(1);' +
  'require("node:http").createServer().listen(Number(port), () => writeFileSync(file, String(process.pid)));' +
  'setTimeout(() => {}, 60_000)';

describe.skipIf(process.platform !== 'linux')('a command that fails while its port is in use', () => {
  const home = styxyHome();
  let turns = 0;

  const files = () => {
    const prefix = join(home.place, `helper-${turns++}`);
    return { count: `${prefix}.count`, pid: `${prefix}.pid`, gate: `${prefix}.gate` };
  };
  const pidIn = async (file: string) => {
    const pid = Number(await waitFor(() => existsSync(file) && readFileSync(file, 'utf8'), 20_000, file));
    onTestFinished(() => void process.kill(pid, 'SIGKILL'));
    return pid;
  };

  test.each([
    ['threw its environment away', 'env -i setsid $SERVER &'],
    ['did that and left the tree at once', `env -i sh -c 'setsid "$@" > /dev/null 2>&1 &' sh $SERVER`],
    ['left the tree with its marker', '(setsid $SERVER &)'],
  ])('by a helper of its own that %s is not run again', async (_, start) => {
    const { count, pid } = files();
    const server = `${shellQuote([NODE, '-e', SERVE])} $PORT ${pid}`;
    const wait = `until [ -s ${pid} ]; do sleep 0.05; done`;
    const script = `echo x >> ${count}; ${start.replace('$SERVER', server)}\n${wait}; exit 3`;
    const run = home.start(['run', '--name', `helped-${turns}`, '--', 'sh', '-c', script]);
    await pidIn(pid);
    const exit = await waitFor(() => run.process.exitCode, 20_000, run.stderr);
    expect([exit, run.stderr(), readFileSync(count, 'utf8')]).toEqual([3, '', 'x\n']);
  });

  test('by an outsider, but after its own server had been there, is not run again', async () => {
    const { count, pid: file, gate } = files();
    const server = `${shellQuote([NODE, '-e', SERVE])} $PORT ${file}`;
    const script = `echo x >> ${count}; ${server} & wait $!; until [ -e ${gate} ]; do sleep 0.05; done; exit 5`;
    const run = home.start(['run', '--name', 'served', '--', 'sh', '-c', script]);
    const pid = Number(await waitFor(() => existsSync(file) && readFileSync(file, 'utf8'), 20_000, file));
    const lease = await waitFor(
      async () =>
        (await home.api.list()).allocations.find(
          (each) => each.service_name === 'served' && each.state === 'bound',
        ),
      20_000,
      'the lease to be bound',
    );
    process.kill(pid, 'SIGKILL');
    await waitFor(
      async () => (await home.api.check(lease.port)).listener === null,
      20_000,
      'the port to be free',
    );
    const outsider = await startOutsider(lease.port, '127.0.0.1');
    writeFileSync(gate, '');
    const exit = await run.finished();
    expect(exit.stderr).not.toContain('styxy');
    expect([exit.code, readFileSync(count, 'utf8')]).toEqual([5, 'x\n']);
    await outsider.end();
  });
});

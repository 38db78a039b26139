import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { programs } from '../../support/programs.ts';
import { wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;
const MEGABYTE = 1024 * 1024;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(process.platform !== 'linux').concurrent('the streams of `styxy run -- command`', () => {
  const wrapper = wrapperUnderTest();

  test('bring every byte of a piped stdin to the command, and then its end', async () => {
    const bytes = Buffer.concat([Buffer.from([0, 255, 13, 10, 26, 4, 3, 0x80, 0xfe]), randomBytes(300_001)]);
    const run = wrapper.start(['cat'], { stdin: 'pipe' });
    run.process.stdin?.end(bytes);
    const exit = await run.finished();
    expect(exit.status, exit.story).toBe(0);
    expect(sha256(exit.stdout)).toBe(sha256(bytes));
  });

  test('keep stdout and stderr apart, byte for byte, with nothing of the wrapper in them', async () => {
    const script = String.raw`printf 'out\0\377\r\n'; printf 'err\0\376' >&2; printf 'more'`;
    const exit = await wrapper.start(['sh', '-c', script]).finished();
    expect(exit.status).toBe(0);
    expect(exit.stdout).toEqual(Buffer.from('out\0\u00FF\r\nmore', 'latin1'));
    expect(exit.stderr).toEqual(Buffer.from('err\0\u00FE', 'latin1'));
  });

  test("hold nothing but the command's own words when it fails or is killed", async () => {
    const [failed, killed] = await Promise.all([
      wrapper.start(['sh', '-c', 'echo out; echo err >&2; exit 9']).finished(),
      wrapper.start(['sh', '-c', 'echo out; echo err >&2; kill -s TERM $$']).finished(),
    ]);
    expect([failed.stdout.toString(), failed.stderr.toString()]).toEqual(['out\n', 'err\n']);
    expect([killed.stdout.toString(), killed.stderr.toString()]).toEqual(['out\n', 'err\n']);
  });

  test('keep the order of lines when both go to one place', async () => {
    const script = 'for i in 1 2 3 4 5 6 7 8 9; do echo "out $i"; echo "err $i" >&2; done';
    const via = ['sh', '-c', 'exec "$@" 2>&1', 'sh'];
    const exit = await wrapper.start(['sh', '-c', script], { via }).finished();
    const lines = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => `out ${i}\nerr ${i}\n`).join('');
    expect(exit.stdout.toString(), exit.story).toBe(lines);
  });

  test('carry 100 MB through real pipes unharmed', async () => {
    const block = randomBytes(MEGABYTE);
    const sent = createHash('sha256');
    const run = wrapper.direct(wrapper.argv('cat'), {
      stdin: 'pipe',
      via: ['sh', '-c', 'cat | "$@" | cat', 'sh'],
    });
    for (let megabyte = 0; megabyte < 100; megabyte++) {
      block.writeUInt32BE(megabyte, 0);
      sent.update(block);
      const copy = Buffer.from(block);
      await new Promise((resolve) => run.process.stdin?.write(copy, resolve));
    }
    run.process.stdin?.end();
    const exit = await run.finished(60_000);
    expect(exit.stdout.length, exit.story).toBe(100 * MEGABYTE);
    expect(sha256(exit.stdout)).toBe(sent.digest('hex'));
  });

  test('may be files: the command writes into the very same ones', async () => {
    const [out, err] = [wrapper.path('out.txt'), wrapper.path('err.txt')];
    const via = ['sh', '-c', `echo before > out.txt; exec "$@" >> out.txt 2> err.txt`, 'sh'];
    const script = 'readlink /proc/self/fd/1 /proc/self/fd/2; echo trouble >&2';
    const exit = await wrapper.start(['sh', '-c', script], { via }).finished();
    expect(exit.status, exit.story).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(`before\n${out}\n${err}\n`);
    expect(readFileSync(err, 'utf8')).toBe('trouble\n');
  });

  test('are no terminals where they were none', async () => {
    const script = 'for fd in 0 1 2; do [ -t $fd ] && echo "$fd is a terminal"; done; echo done';
    const exit = await wrapper.start(['sh', '-c', script], { stdin: 'pipe' }).finished();
    expect(exit.stdout.toString(), exit.story).toBe('done\n');
  });

  test.each([
    ['stdin', '<&-', 'echo out; echo err >&2', 'out\n', 'err\n'],
    ['stdout', '>&-', 'echo err >&2', '', 'err\n'],
    ['stderr', '2>&-', 'echo out', 'out\n', ''],
  ])('may have a closed %s: the command still runs', async (_, closing, script, out, err) => {
    const via = ['sh', '-c', `exec "$@" ${closing}`, 'sh'];
    const exit = await wrapper.start(['sh', '-c', `${script}; exit 4`], { via }).finished();
    expect(exit.status, exit.story).toBe(4);
    expect([exit.stdout.toString(), exit.stderr.toString()]).toEqual([out, err]);
  });

  test('leave stdin to the command: what it did not read is still there for the next reader', async () => {
    const script = `${wrapper.shell('sh', '-c', 'read line; echo "first: $line"')}; read line; echo "second: $line"`;
    // A shell's `read` takes single bytes, so only a wrapper that reads stdin itself can swallow the second line.
    const run = wrapper.direct(['sh', '-c', script], { stdin: 'pipe' });
    run.process.stdin?.end('one\ntwo\n');
    const exit = await run.finished();
    expect(exit.stdout.toString(), exit.story).toBe('first: one\nsecond: two\n');
  });

  test.each([
    ['killed by SIGPIPE', ['yes', 'again'], 128 + 13],
    ['caught EPIPE and exited with 9', [NODE, programs.chatter], 9],
  ])(
    'end when the reader of a pipe goes away, with the status of the command, %s',
    async (_, command, status) => {
      const own = wrapper.environment();
      const via = ['bash', '-c', '"$@" | head -n 1; echo "status ${PIPESTATUS[0]}"', 'bash'];
      const exit = await wrapper.direct(wrapper.argv(...command), { via, env: own.env }).finished();
      expect(exit.stdout.toString(), exit.story).toBe(`again\nstatus ${status}\n`);
      await own.gone();
    },
  );
});

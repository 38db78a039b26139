import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';
import { rounds } from '../../support/runs.ts';

const LEASES = 6;
const POSITIONS = rounds(44);
/** A record begins with RS, RFC 7464. */
const RECORD_START = 0x1e;

interface Damage {
  readonly what: string;
  readonly bytes: Buffer;
  /** From here to there the file is not as it was. */
  readonly from: number;
  readonly to: number;
}

describe('a damaged state file', () => {
  const home = styxyHome();
  const state = () => join(home.path, 'daemon.state');
  const backups = () => join(home.path, 'backups');

  async function start(): Promise<() => Promise<void>> {
    const daemon = home.start(['daemon', 'run']);
    await waitFor(
      async () =>
        daemon.process.exitCode !== null ||
        (await home.api.status().catch(() => undefined))?.pid === daemon.pid,
      20_000,
      () => `the daemon to answer: ${daemon.stderr()}`,
    );
    expect(daemon.process.exitCode, daemon.stderr()).toBe(null);
    return async () => {
      daemon.process.kill('SIGTERM');
      const exit = await daemon.finished();
      expect(exit.code, exit.story).toBe(0);
    };
  }

  /** A state file with leases on `ports`, and where each lease's record is in it. */
  async function intactState() {
    rmSync(state(), { force: true });
    const stop = await start();
    const ports: number[] = [];
    for (let index = 0; index < LEASES; index++) {
      const { port } = await home.api.allocate({
        service_name: `svc-${index}`,
        project_path: home.place,
        ttl_ms: 3_600_000,
      });
      ports.push(port);
    }
    await stop();
    const bytes = readFileSync(state());
    const starts = [...bytes.keys()].filter((at) => bytes[at] === RECORD_START);
    const records = starts.map((from, index) => {
      const to = starts[index + 1] ?? bytes.length;
      const text = bytes.toString('latin1', from, to);
      const record: { op: string; lease?: { port: number } } = JSON.parse(text.slice(text.indexOf('{')));
      return { from, to, port: record.lease?.port };
    });
    expect(records.flatMap(({ port }) => port ?? []).toSorted()).toEqual(ports.toSorted());
    return { bytes, records };
  }

  function damages(bytes: Buffer): Damage[] {
    const kinds: ((at: number) => Damage)[] = [
      (at) => {
        const flipped = Buffer.from(bytes);
        flipped[at]! ^= 1 << (at % 8);
        return { what: `bit ${at % 8} of byte ${at} flipped`, bytes: flipped, from: at, to: at + 1 };
      },
      (at) => ({ what: `cut at byte ${at}`, bytes: bytes.subarray(0, at), from: at, to: bytes.length }),
      (at) => {
        const zeroed = Buffer.from(bytes).fill(0, at, Math.min(at + 100, bytes.length));
        return {
          what: `100 zero bytes at ${at}`,
          bytes: zeroed,
          from: at,
          to: Math.min(at + 100, bytes.length),
        };
      },
      (at) => {
        const torn = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from('\n{"op":\u001e'),
          bytes.subarray(at),
        ]);
        return { what: `rubbish put in at byte ${at}`, bytes: torn, from: at, to: at };
      },
    ];
    return Array.from({ length: POSITIONS }, (_, index) => {
      const at = Math.floor(((index + Math.random()) / POSITIONS) * bytes.length);
      return kinds[index % kinds.length]!(at);
    });
  }

  test(`costs at most the leases at the damage, at ${POSITIONS} places; the file is kept aside, and status says so`, async () => {
    const { bytes, records } = await intactState();
    for (const damage of damages(bytes)) {
      rmSync(backups(), { recursive: true, force: true });
      writeFileSync(state(), damage.bytes);
      const stop = await start();
      const present = new Set((await home.api.list()).allocations.map(({ port }) => port));
      const lost = records
        .filter(({ from, to }) => to <= damage.from || from >= damage.to)
        .flatMap(({ port }) => port ?? [])
        .filter((port) => !present.has(port));
      expect(lost, damage.what).toEqual([]);
      // What is cut off between two records, or only the last line's end, leaves whole records alone.
      const isCut = damage.bytes.length < bytes.length;
      const isWhole = isCut && records.some(({ from, to }) => [from, to - 1].includes(damage.from));
      const { notices } = await home.api.status();
      if (!isWhole) {
        const [kept = 'nothing', ...others] = readdirSync(backups());
        expect(others, damage.what).toEqual([]);
        expect(readFileSync(join(backups(), kept)).equals(damage.bytes), damage.what).toBe(true);
        expect(notices.join('\n'), damage.what).toContain(join(backups(), kept));
      }
      await stop();
    }
  });

  test('is told to people by `styxy status`, until the next start finds a whole one', async () => {
    const { bytes } = await intactState();
    writeFileSync(state(), bytes.subarray(0, bytes.length - 7));
    let stop = await start();
    const told = await home.cli(['status']);
    expect(told.code, told.story).toBe(0);
    expect(told.stdout).toMatch(/the state file was damaged .* every intact lease was kept.*backups/);
    await stop();
    stop = await start();
    expect((await home.cli(['status'])).stdout).not.toContain('damaged');
    await stop();
  });

  test.each([
    ['is empty', Buffer.alloc(0)],
    ['is rubbish', Buffer.from('{"version":1,"allocations":[]}\n'.repeat(20))],
    ['is 64 KiB of zeros', Buffer.alloc(65_536)],
  ])('that %s does not keep the daemon from working', async (_, bytes) => {
    writeFileSync(state(), bytes);
    const stop = await start();
    const { port } = await home.api.allocate({ ttl_ms: 60_000 });
    expect(port).toBeGreaterThanOrEqual(home.ports.first);
    expect((await home.api.status()).notices.length).toBe(bytes.length === 0 ? 0 : 1);
    await stop();
  });

  test('at most 10 damaged files are kept', async () => {
    rmSync(backups(), { recursive: true, force: true });
    for (let round = 0; round < 12; round++) {
      writeFileSync(state(), Buffer.from(`rubbish ${round}`));
      const stop = await start();
      await stop();
    }
    const kept = readdirSync(backups()).toSorted();
    expect(kept.length).toBe(10);
    expect(readFileSync(join(backups(), kept.at(-1)!), 'utf8')).toBe('rubbish 11');
  });
});

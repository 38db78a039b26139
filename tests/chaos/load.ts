import { readFileSync } from 'node:fs';
import { Refused, socketApi, type SocketApi } from '../support/socket-api.ts';
import { createRandom } from './random.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

export interface LoadOptions extends WorldOptions {
  readonly seed: number;
  readonly clients: number;
  readonly durationMs: number;
  tell(line: string): void;
}

interface LoadResult {
  readonly seed: number;
  readonly counts: Record<string, number>;
  /** Of the daemon. */
  readonly cpuMsPerRequest: number;
  readonly peakMemoryMb: number;
  readonly violations: readonly string[];
}

const TELL_MS = 60_000;

/** Many clients at once, each with a connection of its own: no port is given twice, nothing fails, nothing is left. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const world = await createWorld(options);
  const violations: string[] = [];
  const counts: Record<string, number> = {};
  const holders = new Map<number, number>();
  try {
    await world.cli('daemon', 'start');
    const first = world.daemon()?.pid;
    const end = performance.now() + options.durationMs;
    const timer = setInterval(() => options.tell(JSON.stringify(counts)), TELL_MS);
    const apis = Array.from({ length: options.clients }, () => socketApi(() => `${world.home}/daemon.sock`));
    const loops = apis.map((api, client) =>
      ask(api, client, { ...options, end, counts, violations, holders }),
    );
    await Promise.all(loops);
    clearInterval(timer);
    apis.forEach((api) => api.close());
    if (world.daemon()?.pid !== first) violations.push('the daemon was replaced');
    const { allocations } = await world.api.list();
    if (allocations.length > 0) violations.push(`${allocations.length} leases are left`);
    return { seed: options.seed, counts, violations, ...measured(world, counts) };
  } finally {
    await world.close();
  }
}

interface Shared {
  readonly seed: number;
  readonly end: number;
  readonly counts: Record<string, number>;
  readonly violations: string[];
  /** Which client has which port. */
  readonly holders: Map<number, number>;
}

/** One client: a lease, questions in between, and the lease given back, until the time is over. */
async function ask(api: SocketApi, client: number, { seed, end, counts, violations, holders }: Shared) {
  const random = createRandom(seed + client);
  const count = (name: string): void => void (counts[name] = (counts[name] ?? 0) + 1);
  while (performance.now() < end) {
    try {
      const lease = await api.allocate({
        service_type: 'dev',
        service_name: `load-${client}`,
        ttl_ms: 600_000,
      });
      count('allocate');
      const other = holders.get(lease.port);
      if (other !== undefined) violations.push(`port ${lease.port} was given to ${client} and ${other}`);
      holders.set(lease.port, client);
      for (let questions = random.whole(4); questions > 0; questions -= 1) {
        const name = random.pick(['check', 'list', 'status'] as const) ?? 'status';
        await (name === 'check' ? api.check(lease.port) : api[name]());
        count(name);
      }
      holders.delete(lease.port);
      await api.release(lease.lock_id);
      count('release');
    } catch (error) {
      const what = error instanceof Refused ? error.code : String(error);
      count(what);
      violations.push(`client ${client}: ${what}`);
      if (violations.length > 100) return;
    }
  }
}

/** The kernel counts CPU time in hundredths of a second. */
const TICK_MS = 10;

function measured(world: World, counts: Readonly<Record<string, number>>) {
  const pid = world.daemon()?.pid ?? 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  const requests = Object.values(counts).reduce((sum, each) => sum + each, 0);
  const peakKb = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return {
    cpuMsPerRequest: Number((cpuMs / requests).toFixed(2)),
    peakMemoryMb: Math.round(peakKb / 1024),
  };
}

import { formatDuration } from '../../base/duration.ts';
import { maskSecret } from '../../base/mask-secret.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { StatusAnswer } from '../../protocol/answers/status.ts';
import { readTextIfThere } from '../../system/files/read-text.ts';
import { whyUnusable } from '../../system/files/why-unwritable.ts';
import { isElsewhere } from '../../system/paths.ts';
import type { Context } from '../context.ts';
import { repairsOf } from '../doctor/repairs.ts';
import { facts } from '../print/table.ts';

export async function execute(
  { runningDaemon, paths, env, out }: Context,
  { json }: { json?: boolean },
): Promise<number> {
  const status = await runningDaemon.status({ ranges: true }).catch((error: unknown) => {
    if (error instanceof StyxyError && error.code === 'DAEMON_UNREACHABLE' && error.details.running === false)
      return undefined;
    throw error;
  });
  const token = status && shownToken(paths.token, env);
  if (status) {
    if (json) out.json({ ...status, token });
    else out.data(describe(status, token, isElsewhere(paths)));
    return 0;
  }
  const problem = whyUnusable(paths.home);
  if (json)
    out.json({ ...NOT_RUNNING, notices: problem === undefined ? [] : [unusable(paths.home, problem)] });
  else out.data(`not running; ${problem === undefined ? STARTS_BY_ITSELF : unusable(paths.home, problem)}`);
  return 1;
}

const STARTS_BY_ITSELF = 'it starts by itself with the next styxy command that needs it';

const unusable = (home: string, why: string): string =>
  `it can't be started: ${home} can't be used: ${why}; styxy doctor says what to do`;

/** The fields of a daemon that runs: what nobody is there to tell is null. */
const NOT_RUNNING: Record<keyof StatusAnswer | 'token', unknown> = {
  running: false,
  pid: null,
  version: null,
  protocol: null,
  uptime_ms: null,
  http_port: null,
  http_port_wanted: null,
  allocations: null,
  instances: null,
  memory: null,
  notices: [],
  network: null,
  recovery: null,
  end_grace_ms: null,
  ranges: null,
  token: null,
};

/** What a program over TCP has to send. Whole only for who asks for it: screens are shared, and logs are kept. */
function shownToken(path: string, { STYXY_SHOW_FULL_KEY: full }: NodeJS.ProcessEnv): string | null {
  const token = readTextIfThere(path)?.trim();
  if (!token) return null;
  return full === 'true' ? token : maskSecret(token);
}

/** The ranges of which something is in use. */
function rangesOf({ ranges = [] }: Partial<StatusAnswer>): [string, string][] {
  const used = ranges.filter(({ leased, external }) => leased + external > 0);
  return used.map(({ service_type: type, range, leased, external, kept, free }, index) => {
    const uses = { leased, 'past Styxy': external, kept, free };
    const words = Object.entries(uses).filter(([, count]) => count > 0);
    const list = words.map(([use, count]) => `${count} ${use}`).join(', ');
    return [index === 0 ? 'ports' : '', `${type} ${range.join('-')}: ${list}`];
  });
}

/** The three layers of recovery: what each does, and what came of it. */
function recoveryOf({ recovery }: StatusAnswer): [string, string][] {
  const { port_conflict: conflict, health_monitoring: health, system_recovery: system } = recovery;
  const tries = `${conflict.max_retries} ${conflict.max_retries === 1 ? 'retry' : 'retries'}`;
  const taken = `${system.leases} ${system.leases === 1 ? 'lease' : 'leases'} taken over`;
  const repairs = repairsOf(system);
  const checked = health.checks === 0 ? 'no check yet' : `${health.healthy} healthy, ${health.unhealthy} not`;
  return [
    [
      'conflicts',
      conflict.enabled
        ? `a port that another program takes first is exchanged, ${tries}; ${conflict.conflicts} so far`
        : 'off: a port in use is refused',
    ],
    [
      'health',
      health.enabled ? `${checked}; ${health.released} ended whose holder or program was gone` : 'off',
    ],
    ['last start', [taken, ...(repairs.length > 0 ? repairs : ['nothing to repair'])].join(', ')],
  ];
}

function describe(status: StatusAnswer, token: string | null | undefined, isInOtherNetwork: boolean): string {
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
  return facts([
    [
      'daemon',
      `running for ${formatDuration(status.uptime_ms)} (pid ${status.pid}, version ${status.version})`,
    ],
    ['leases', String(status.allocations)],
    ['instances', status.instances > 0 ? String(status.instances) : null],
    [
      'address',
      status.http_port === null ? 'socket only' : `socket and http://127.0.0.1:${status.http_port}`,
    ],
    ['network', isInOtherNetwork ? `${status.network}, with a daemon and leases of its own` : null],
    ['token', token],
    ['memory', `${megabytes(status.memory.rss)}, of which ${megabytes(status.memory.heap_used)} heap`],
    ...rangesOf(status),
    ...recoveryOf(status),
    ...status.notices.map((notice) => ['notice', notice] as const),
  ]);
}

import { StyxyError } from '../../base/styxy-error.ts';
import { serviceLogsOf, sizeOfLog, tailOfLog } from '../../system/service-log.ts';
import { hereOf } from '../../run/plan/here.ts';
import { sleep } from '../../system/sleep.ts';
import { followLog, type LogLines } from '../../up/log-lines.ts';
import type { Context } from '../context.ts';
import { jsonText } from '../print/output.ts';
import { printBytes } from '../print/write-all.ts';
import { createPrefixer } from '../print/service-prefix.ts';

/** How often services that start meanwhile are looked for. */
const LIST_EVERY_MS = 1000;

interface Flags {
  follow?: boolean;
  lines: number;
  json?: boolean;
}

type PrintLine = (service: string, line: string) => boolean;

/** The last lines of each service of this worktree, and with `--follow` what they add, as it comes. */
export async function printAllLogs(context: Context, flags: Flags): Promise<number> {
  const { cwd, out, paths } = context;
  const { path } = hereOf(cwd);
  const logs = serviceLogsOf(paths, path);
  if (logs.length === 0 && !flags.follow) throw nothingLogged(path);
  const tails = logs.map(({ name, file }) => {
    const from = sizeOfLog(file);
    return { service_name: name, log: file, lines: tailOfLog(file, flags.lines), from };
  });
  if (flags.json && !flags.follow) {
    out.json(tails.map(({ service_name, log, lines }) => ({ service_name, log, lines })));
    return 0;
  }
  const prefixed = createPrefixer(
    logs.map(({ name }) => name),
    out,
  );
  const printLine: PrintLine = (service, line) =>
    printBytes(
      Buffer.from(`${flags.json ? jsonText({ service_name: service, line }) : prefixed(service, line)}\n`),
    );
  const isRead = tails.every(({ service_name: name, lines }) => lines.every((line) => printLine(name, line)));
  if (flags.follow && isRead)
    await followAll(context, path, new Map(tails.map(({ log, from }) => [log, from])), printLine);
  return 0;
}

/** Until stdout is closed. @param known by file: the size behind which lines are new */
async function followAll(
  { paths }: Context,
  project: string,
  known: ReadonlyMap<string, number>,
  printLine: PrintLine,
): Promise<void> {
  const followed = new Map<string, LogLines>();
  let isRead = true;
  while (isRead) {
    for (const { name, file } of serviceLogsOf(paths, project)) {
      if (followed.has(file)) continue;
      const log = followLog(file, known.get(file) ?? 0, (line) => (isRead &&= printLine(name, line)));
      followed.set(file, log);
      log.read();
    }
    await sleep(LIST_EVERY_MS);
  }
  // An open one keeps this process alive.
  for (const log of followed.values()) log.close();
}

function nothingLogged(path: string): StyxyError {
  return new StyxyError('NOT_LOGGED', 'there is no output of any service', {
    why: `nothing was started in the background in ${path}, nor by styxy up`,
    hint: 'styxy up --detach',
  });
}

import { runTool } from '../process/run-tool.ts';

/** A listening socket of a process that this user may look at. */
interface LsofSocket {
  address: string;
  port: number;
  pid: number;
  /** The program's name, cut to what lsof shows. */
  command: string | null;
  user: string | null;
}

const WILDCARDS: Record<string, string> = { IPv4: '0.0.0.0', IPv6: '::' };

/** The listening TCP sockets of this user's processes (of all, for root). Undefined when lsof is missing. */
export async function readLsof(): Promise<LsofSocket[] | undefined> {
  const text = await runTool('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-F', 'pcLnt']);
  return text === undefined ? undefined : parseLsof(text);
}

/** The working folders of processes: pid -> path. */
export async function readFolders(pids: readonly number[]): Promise<Map<number, string>> {
  const text = await runTool('lsof', ['-a', '-p', pids.join(','), '-d', 'cwd', '-F', 'pn']);
  return new Map(fieldSets(text ?? '').map((fields) => [Number(fields.get('p')), fields.get('n') ?? '']));
}

/** The sockets in lsof's output for other programs, `-F pcLnt`. */
export function parseLsof(text: string): LsofSocket[] {
  const sockets: LsofSocket[] = [];
  for (const fields of fieldSets(text)) {
    const [, host = '', port] = /^(.*):(\d+)$/.exec(fields.get('n') ?? '') ?? [];
    if (port === undefined) continue;
    sockets.push({
      address: host === '*' ? (WILDCARDS[fields.get('t') ?? ''] ?? host) : host.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port),
      pid: Number(fields.get('p')),
      command: fields.get('c') ?? null,
      user: fields.get('L') ?? null,
    });
  }
  return sockets;
}

/**
 * One set of fields per open file, those of its process included. Each line is a letter and a value; `p` begins a
 * process, `f` a file of it, and `n` (the name) ends what we ask for of a file.
 */
function fieldSets(text: string): Map<string, string>[] {
  const sets: Map<string, string>[] = [];
  let ofProcess = new Map<string, string>();
  let ofFile = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [letter, value] = [line.charAt(0), line.slice(1)];
    if (letter === 'p') ofProcess = new Map();
    if (letter === 'p' || letter === 'f') ofFile = new Map();
    ('pcL'.includes(letter) ? ofProcess : ofFile).set(letter, value);
    if (letter === 'n') sets.push(new Map([...ofProcess, ...ofFile]));
  }
  return sets;
}

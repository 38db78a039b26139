import { systemCode } from '../../base/styxy-error.ts';
import { isAlive, type ProcessIdentity } from './identity.ts';
import { runTool } from './run-tool.ts';
import { currentView, isDescendant } from './tree.ts';

/** Not ourselves, and not init: a request for these is a mistake. */
export function maySignal({ pid }: ProcessIdentity): boolean {
  return pid > 1 && pid !== process.pid;
}

/** Signals each of these processes that is still the same; silent about those that ended or belong to others. */
export async function signalAll(targets: readonly ProcessIdentity[], signal: NodeJS.Signals): Promise<void> {
  const signalEach = () => targets.forEach((target) => signalOne(target, signal));
  if (process.platform === 'linux') return signalEach();
  const view = currentView();
  const areAbove = (pid: number) => targets.some((target) => isDescendant(pid, target.pid, view));
  if (areAbove(process.pid)) return signalEach();
  // Only another program can walk the tree here, and it signals the descendants by itself: us, too, if we were one.
  const roots = targets.filter(({ pid }) => !areAbove(pid));
  for (const root of roots) {
    if (maySignal(root) && isAlive(root)) await signalTree(root.pid, signal);
  }
}

/** The start time is read right before kill(2): a pid alone may belong to somebody else by now. */
export function signalOne(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!maySignal(target) || !isAlive(target)) return;
  kill(target.pid, signal);
  // A stopped process (Ctrl-Z) notices no signal but SIGKILL until it goes on.
  if (process.platform === 'linux' && signal !== 'SIGKILL' && signal !== 'SIGSTOP')
    kill(target.pid, 'SIGCONT');
}

/** Signals a process and its descendants by tree-kill. Windows knows no signals: there it ends them at once. */
export async function signalTree(pid: number, signal: NodeJS.Signals): Promise<void> {
  if (!(await canWalk())) {
    kill(pid, signal);
    return;
  }
  const { default: treeKill } = await import('tree-kill');
  // Its errors are those of kill(2) or of taskkill for a process that ended meanwhile; the caller looks who is left.
  await new Promise<void>((resolve) => treeKill(pid, signal, () => resolve()));
}

/** tree-kill asks these programs for children, and a missing one would end our whole process. */
async function canWalk(): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const [program, option] = process.platform === 'darwin' ? ['pgrep', '-P'] : ['ps', '-p'];
  return (await runTool(program, [option, String(process.pid)])) !== undefined;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

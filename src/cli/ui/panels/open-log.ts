import type { Row } from '../../../overview/services.ts';
import type { Context } from '../../context.ts';
import { plainProgramLine } from '../../print/program-output.ts';
import { createLogPanel, type LogPanel } from './log-panel.ts';

/** Of what it has printed before. */
const LINES = 2000;
/** Lines come in groups: one picture for all of them. ms */
const GROUP_MS = 100;

/**
 * The log of a service, followed until the panel is closed.
 * @throws StyxyError NOT_LOGGED
 */
export async function openLog(
  context: Context,
  { lockId = '', name, port }: Row,
  { hit, changed }: { hit(text: string): string; changed(): void },
): Promise<LogPanel> {
  const [{ lastLines }, { followLog }] = await Promise.all([
    import('../../services/logs.ts'),
    import('../../../up/log-lines.ts'),
  ]);
  const { lines, log, from } = await lastLines(context, lockId, LINES);
  let waiting: string[] = [];
  const flush = (): void => {
    if (waiting.length === 0) return;
    panel.add(waiting);
    waiting = [];
    changed();
  };
  const follower = followLog(log, from, (line) => waiting.push(readable(line)));
  const timer = setInterval(flush, GROUP_MS);
  const panel = createLogPanel(`log of ${name} (port ${port})`, hit, () => {
    clearInterval(timer);
    follower.close();
  });
  panel.add(lines.map(readable));
  return panel;
}

const readable = (line: string): string => plainProgramLine(line).replaceAll('\t', '    ');

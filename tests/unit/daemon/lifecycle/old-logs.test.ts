import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeOldLogs } from '../../../../src/daemon/lifecycle/old-logs.ts';
import { serviceLogPath } from '../../../../src/system/service-log.ts';
import { tempDir } from '../../../support/temp.ts';

const DAY_S = 24 * 60 * 60;
const NOW_S = 2_000_000_000;
/** Above what Linux gives. */
const NO_PID = 2 ** 30;

test('the output of a service goes 30 days after its last line, if the service does not run', async () => {
  const { path: home, remove } = tempDir('styxy-old-');
  onTestFinished(remove);
  const folder = join(home, 'logs', 'services');
  mkdirSync(folder, { recursive: true });
  const write = (service: string, end: string, days: number, text = ''): void => {
    const file = serviceLogPath({ home }, '/project', service).replace(/\.log$/, end);
    writeFileSync(file, text);
    utimesSync(file, NOW_S - days * DAY_S, NOW_S - days * DAY_S);
  };
  const start = (pid: number): string => JSON.stringify({ pid });
  write('old', '.log', 31);
  write('old', '.log.1', 40);
  write('old', '.start.json', 50, start(NO_PID));
  write('further', '.start.json', 31, start(NO_PID));
  write('torn', '.start.json', 31, '{"pi');
  write('recent', '.log', 29);
  write('recent', '.log.1', 40);
  write('recent', '.start.json', 40, start(NO_PID));
  write('silent', '.log', 31);
  write('silent', '.start.json', 31, start(process.pid));
  writeFileSync(join(folder, 'notes.txt'), '');
  utimesSync(join(folder, 'notes.txt'), 0, 0);

  await removeOldLogs({ home }, NOW_S * 1000);
  const left = readdirSync(folder).map((name) => name.replace(/-[0-9a-f]{12}/, ''));
  expect(left.toSorted()).toEqual(
    [
      'notes.txt',
      'recent.log',
      'recent.log.1',
      'recent.start.json',
      'silent.log',
      'silent.start.json',
    ].toSorted(),
  );
});

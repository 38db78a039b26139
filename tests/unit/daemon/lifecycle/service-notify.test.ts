import { expect, onTestFinished, test } from 'vitest';
import { keepTelling } from '../../../../src/daemon/lifecycle/service-notify.ts';
import { serviceNotifier } from '../../../../src/system/service-manager/notify.ts';
import { waitFor } from '../../../support/processes.ts';

test('a service is ready, gives signs of life, and says that it stops', async () => {
  const words: string[] = [];
  const watchdog = keepTelling({ pulseMs: 5, tell: (word) => void words.push(word) });
  onTestFinished(watchdog.close);
  await waitFor(() => words.length >= 4, 5000, 'signs of life');
  watchdog.close();
  expect(words.slice(0, 3)).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1']);
  expect(words.at(-1)).toBe('STOPPING=1');
});

test('signs of life come twice in each period, and only if they are asked of this process', () => {
  const socket = { NOTIFY_SOCKET: '/run/x' };
  expect(serviceNotifier({})).toBeUndefined();
  expect(serviceNotifier({ ...socket, WATCHDOG_USEC: '60000000' })?.pulseMs).toBe(30_000);
  expect(serviceNotifier(socket)?.pulseMs).toBe(0);
  const usec = { ...socket, WATCHDOG_USEC: '60000000' };
  expect(serviceNotifier({ ...usec, WATCHDOG_PID: String(process.pid) })?.pulseMs).toBe(30_000);
  expect(serviceNotifier({ ...usec, WATCHDOG_PID: '1' })?.pulseMs).toBe(0);
  expect(serviceNotifier({ ...socket, WATCHDOG_USEC: 'rubbish' })?.pulseMs).toBe(0);
});

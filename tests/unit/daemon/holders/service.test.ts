import { expect, test } from 'vitest';
import { namedProcess, requireProcess } from '../../../../src/daemon/holders/service.ts';
import { isForeignNamespace, pidNamespace } from '../../../../src/system/process/pid-namespace.ts';

const machine = { identify: (pid: number) => (pid === 7 ? { pid, startTime: '100' } : undefined) };

test('a process is known by its number, and by its start if that is told', () => {
  const seven = { pid: 7, startTime: '100' };
  expect(namedProcess(machine, { process_id: 7 })).toEqual(seven);
  expect(namedProcess(machine, { process_id: 7, process_start: '100' })).toEqual(seven);
  expect(namedProcess(machine, { process_id: 7, process_start: '99' })).toBeUndefined();
  expect(namedProcess(machine, {})).toBeUndefined();
  expect(() => requireProcess(machine, { process_id: 7, process_start: '99' })).toThrow(
    'process 7 is not running',
  );
});

test('a number of another pid namespace names no process here', () => {
  expect(isForeignNamespace(undefined, 'pid:[1]')).toBe(false);
  expect(isForeignNamespace('pid:[1]', 'pid:[1]')).toBe(false);
  expect(isForeignNamespace('pid:[2]', 'pid:[1]')).toBe(true);
});

test.runIf(pidNamespace())('it is refused where a process has to be there', () => {
  const named = { process_id: 7, pid_namespace: 'pid:[0]' };
  expect(namedProcess(machine, named)).toBeUndefined();
  expect(() => requireProcess(machine, named)).toThrow("process 7 can't be followed");
});

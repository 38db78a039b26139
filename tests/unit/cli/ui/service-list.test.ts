import { expect, test } from 'vitest';
import { createServiceList } from '../../../../src/cli/ui/service-list.ts';
import type { Allocation } from '../../../../src/protocol/answers/allocation.ts';
import { allocation } from '../../../support/allocation.ts';

const lease = (name: string, port: number, id = name): Allocation =>
  allocation({
    port,
    lock_id: id,
    service_name: name,
    actual_ports: [port],
    url: `http://localhost:${port}`,
  });
const DEV = lease('dev', 3000);
const AGAIN = lease('dev', 3000, 'dev again');
const DEMO = lease('demo', 3001);
const API = lease('api', 3002);

const listOf = () => {
  const list = createServiceList(
    (_, text) => text,
    (text) => text,
  );
  /** @returns what is selected then */
  const after = (...allocations: Allocation[]): string | undefined => {
    list.update({ allocations, external: [] });
    return list.selected()?.key;
  };
  return { list, after };
};

test('the service that was selected first is selected again when it has been started again', () => {
  const { after } = listOf();
  expect([after(DEV, DEMO), after(DEMO), after(AGAIN, DEMO)]).toEqual(['dev', 'demo', 'dev again']);
});

test('so is one that a key was pressed for, which stood in the place of another', () => {
  const { list, after } = listOf();
  after(API);
  expect(after(DEV, DEMO)).toBe('dev');
  list.move(0);
  expect([after(DEMO), after(AGAIN, DEMO, API)]).toEqual(['demo', 'dev again']);
});

test('one that was left meanwhile is not', () => {
  const { list, after } = listOf();
  after(DEV, DEMO, API);
  after(DEMO, API);
  list.move(1);
  expect(after(AGAIN, DEMO, API)).toBe('api');
});

import { expect, test } from 'vitest';
import { createAwaited } from '../../../../src/cli/up/awaited.ts';

test('before the first of them ends, the services are waited for', () => {
  expect(createAwaited([]).what()).toBe('the services to end');
});

test('when one has ended, what had not begun is not waited for any more', () => {
  const awaited = createAwaited(['db', 'api']);
  expect(awaited.what()).toBe('db and api to start');
  awaited.hear({ event: 'starting', service: 'db', because: '' });
  expect(awaited.what()).toBe('db to be ready, then api');
  awaited.hear({ event: 'ending', service: 'db' });
  expect(awaited.what()).toBe('db to end');
  awaited.hear({ event: 'ended', service: 'db' });
  expect(awaited.what()).toBe('the services to end');
  expect(awaited.since()).toBeLessThanOrEqual(process.uptime());
});

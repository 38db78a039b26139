import { expect, test } from 'vitest';
import { startTestDaemon } from '../support/daemon.ts';
import { claimPorts, close, listenOn } from '../support/ports.ts';

test('a daemon survives releases at the very moment of deadlines', async () => {
  await using block = await claimPorts();
  await using daemon = await startTestDaemon({
    config: { service_types: { web: { port_range: [block.first, block.last] } } },
  });
  for (let round = 0; round < 15 && daemon.isRunning(); round += 1) {
    const made = await Promise.all(
      Array.from({ length: 30 }, () => daemon.coordinator.allocate({ service_type: 'web', ttl_ms: 300 })),
    );
    const servers = await Promise.all(made.map(({ port }) => listenOn(port, '127.0.0.1')));
    const at = Date.parse(made[0]?.holder.expires_at ?? '') - 2 + round;
    while (Date.now() < at) await new Promise(setImmediate);
    await Promise.allSettled(made.map(({ lock_id }) => daemon.coordinator.release(lock_id)));
    await Promise.all(servers.map(close));
  }
  expect(daemon.isRunning(), daemon.said().slice(-500)).toBe(true);
});

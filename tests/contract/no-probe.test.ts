import { expect, test } from 'vitest';
import { describeCoordinator } from '../support/coordinators.ts';
import { close, listenOn } from '../support/ports.ts';

const ROUNDS = 60;

describeCoordinator('a program that binds its leased port', (styxy) => {
  test('is never in the way of a look at that port, whoever looks', async () => {
    const lease = await styxy.allocate({ service_type: 'web', process_id: process.pid });
    const { port } = lease;
    for (let round = 0; round < ROUNDS; round++) {
      const looks = Promise.all([
        styxy.check(port),
        styxy.list(),
        styxy.suggest('web', { count: 3, preferred_port: port }),
        styxy.allocate({ service_type: 'web', preferred_port: port, ttl_ms: 60_000, request_id: 'other' }),
        styxy.cleanup(),
      ]);
      // Fails with EADDRINUSE if anything of that held the port for a moment.
      const server = await listenOn(port, '::');
      const [, , { suggestions }] = await looks;
      expect(suggestions).not.toContain(port);
      await close(server);
    }
  });
});

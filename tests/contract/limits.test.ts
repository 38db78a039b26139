import { expect, test } from 'vitest';
import { describeCoordinator } from '../support/coordinators.ts';

describeCoordinator('many at once', (styxy) => {
  test('two hundred who ask together get two hundred ports', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => styxy.allocate({ service_type: 'web' })),
    );
    const ports = answers.map(({ port }) => port);
    expect(new Set(ports).size).toBe(200);
    expect(ports.every((port) => port >= styxy.web.first && port <= styxy.web.last)).toBe(true);
    expect((await styxy.list()).allocations.map(({ port }) => port).toSorted()).toEqual(ports.toSorted());
  });

  test('more than there are ports: each port is given once, and the others are told', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, () => styxy.allocate({ service_type: 'tiny' })),
    );
    const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.port] : []));
    expect(given.toSorted()).toEqual([styxy.tiny.first, styxy.tiny.first + 1, styxy.tiny.last]);
    const reasons = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as unknown] : [],
    );
    expect(reasons).toHaveLength(7);
    for (const reason of reasons)
      expect(reason).toMatchObject({ code: 'RANGE_FULL', details: { leased: 3, taken: [] } });
  });

  test('who come and go never share a port', async () => {
    const held = new Set<number>();
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let round = 0; round < 10; round += 1) {
          const { port, lock_id } = await styxy.allocate({ service_type: 'web' });
          expect(held.has(port)).toBe(false);
          held.add(port);
          await new Promise(setImmediate);
          held.delete(port);
          await styxy.release(lock_id);
        }
      }),
    );
    expect((await styxy.list()).allocations).toEqual([]);
  });
});

describeCoordinator('a port that is not for everybody', (styxy) => {
  const ask = (port: number, force: boolean) => styxy.allocate({ service_type: 'web', port, force });
  const refused = { code: 'PORT_NOT_ALLOWED' };

  test.each([6000, 6566, 6665, 10_080])('%i, which browsers refuse, is never given', async (port) => {
    for (const force of [false, true])
      await expect(ask(port, force)).rejects.toMatchObject({
        ...refused,
        why: expect.stringContaining('browsers'),
      });
    const wished = await styxy.allocate({ service_type: 'web', preferred_port: port });
    expect(wished.reason).toMatchObject({ code: 'refused', instead_of: port });
  });

  test('a range of such ports only is full from the start', async () => {
    await expect(styxy.allocate({ service_type: 'refused' })).rejects.toMatchObject({ code: 'RANGE_FULL' });
    expect((await styxy.suggest('refused', { count: 5 })).suggestions).toEqual([]);
  });

  test("the daemon's own is never given, and its check says why", async () => {
    for (const force of [false, true])
      await expect(ask(9876, force)).rejects.toMatchObject({
        ...refused,
        why: expect.stringContaining('daemon'),
      });
    expect(await styxy.check(9876)).toMatchObject({
      available: false,
      reason: expect.stringContaining('daemon'),
    });
  });

  test('one of system services needs the word', async () => {
    await expect(ask(1023, false)).rejects.toMatchObject({
      ...refused,
      hint: expect.stringContaining('--force'),
    });
  });

  test("one of another type's range needs the word", async () => {
    const port = styxy.tiny.last;
    await expect(ask(port, false)).rejects.toMatchObject({
      ...refused,
      why: expect.stringContaining('"tiny"'),
      hint: expect.stringContaining('--type tiny'),
    });
    expect(await ask(port, true)).toMatchObject({ port, service_type: 'web' });
    expect(await styxy.check(port)).toMatchObject({ allocation: { service_type: 'web' } });
  });

  test('one of no range may be had by its number', async () => {
    expect((await ask(styxy.unmanaged, false)).port).toBe(styxy.unmanaged);
  });
});

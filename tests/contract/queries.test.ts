import { expect, test } from 'vitest';
import { describeCoordinator } from '../support/coordinators.ts';

describeCoordinator('questions', (styxy) => {
  test('a suggestion is what an allocation would get, and takes nothing', async () => {
    const shop = { service_name: 'shop', project_path: '/p' };
    for (let round = 0; round < 4; round += 1) {
      const { suggestions, service_type } = await styxy.suggest('web', shop);
      expect((await styxy.list()).allocations).toHaveLength(round);
      const { port } = await styxy.allocate({ service_type, ...shop });
      expect(suggestions).toEqual([port]);
    }
  });

  test('suggestions are as many as were asked for, all different, all free', async () => {
    await styxy.allocate({ service_type: 'web' });
    const { suggestions } = await styxy.suggest('web', { count: 20 });
    expect(new Set(suggestions).size).toBe(20);
    for (const port of suggestions) expect(await styxy.check(port)).toMatchObject({ port, available: true });
  });

  test('a range that is nearly full suggests what is left', async () => {
    const { port } = await styxy.allocate({ service_type: 'tiny' });
    const { suggestions } = await styxy.suggest('tiny', { count: 10 });
    expect([...suggestions, port].toSorted()).toEqual([
      styxy.tiny.first,
      styxy.tiny.first + 1,
      styxy.tiny.last,
    ]);
  });

  test('a wish comes first among the suggestions, and its range decides where the type is a default', async () => {
    expect((await styxy.suggest('web', { preferred_port: styxy.web.last })).suggestions).toEqual([
      styxy.web.last,
    ]);
    expect(
      await styxy.suggest('web', { preferred_port: styxy.tiny.last, service_type_default: true }),
    ).toMatchObject({
      service_type: 'tiny',
      suggestions: [styxy.tiny.last],
    });
  });

  test('the list shows the leases of one type, or of one project', async () => {
    const web = await styxy.allocate({ service_type: 'web', project_path: '/a b/ü&x=1' });
    const tiny = await styxy.allocate({ service_type: 'tiny', project_path: '/other' });
    const ids = async (query: Parameters<typeof styxy.list>[0]) =>
      (await styxy.list(query)).allocations.map(({ lock_id }) => lock_id);
    expect(await ids({})).toEqual([web.lock_id, tiny.lock_id]);
    expect(await ids({ type: 'tiny' })).toEqual([tiny.lock_id]);
    expect(await ids({ project: '/a b/ü&x=1' })).toEqual([web.lock_id]);
    expect(await ids({ type: 'web', project: '/other' })).toEqual([]);
    await expect(ids({ type: 'nonsense' })).rejects.toMatchObject({ code: 'UNKNOWN_TYPE' });
  });

  test('a check of a leased port says whose it is', async () => {
    const shop = await styxy.allocate({ service_type: 'web', service_name: 'shop', project_path: '/p' });
    const plain = await styxy.allocate({ service_type: 'tiny' });
    expect((await styxy.check(shop.port)).reason).toBe('leased to "shop" in /p');
    expect((await styxy.check(plain.port)).reason).toBe('leased to "tiny"');
  });

  test('list, check and suggest agree on every port of a range', async () => {
    await styxy.allocate({ service_type: 'tiny' });
    const leased = new Set((await styxy.list({ type: 'tiny' })).allocations.map(({ port }) => port));
    const suggested = new Set((await styxy.suggest('tiny', { count: 3 })).suggestions);
    for (let port = styxy.tiny.first; port <= styxy.tiny.last; port += 1) {
      const { available, allocation } = await styxy.check(port);
      expect({ available, isLeased: allocation !== null }).toEqual({
        available: suggested.has(port),
        isLeased: leased.has(port),
      });
    }
  });
});

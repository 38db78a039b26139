import { expect, test } from 'vitest';
import { describeCoordinator, type UnderTest } from '../support/coordinators.ts';

/** Ports for new types: the last 24 of the block, which no other type has; `tiny` ends at first + 262. */
const AREA = 24;
const areaOf = ({ last }: { last: number }) => ({ min_port: last - AREA + 1, max_port: last });

let ids = 0;
/** A new name for each call: types outlive their test. */
const newName = (): string => `${'abcdefghij'.split('')[(ids += 1) % 10]?.repeat(9)}-${ids}`;

async function freeAll(styxy: UnderTest): Promise<void> {
  for (const { lock_id } of (await styxy.list()).allocations) await styxy.release(lock_id);
  for (const { service_type: type } of (await styxy.autoAllocation()).types)
    await styxy.undoAutoAllocation(type);
}

describeCoordinator(
  'an unknown service type',
  (styxy) => {
    test('gets a range when it is first asked for, and is known from then on', async () => {
      const name = newName();
      const made = await styxy.allocate({ service_type: name });
      const [first, last] = made.range ?? [NaN, NaN];
      expect(made).toMatchObject({ service_type: name, auto_allocated: true, port: first });
      expect(last - first + 1).toBe(4);
      const next = await styxy.allocate({ service_type: name });
      expect(next).not.toHaveProperty('auto_allocated');
      expect(next.port).toBe(first + 1);
      expect((await styxy.list({ type: name })).allocations).toHaveLength(2);
      expect((await styxy.autoAllocation()).types).toEqual([
        {
          service_type: name,
          range: [first, last],
          rule: null,
          free: 2,
          leases: [made, next].map(({ port, lock_id }) => ({
            port,
            lock_id,
            service_name: null,
            project_path: null,
          })),
        },
      ]);
      await freeAll(styxy);
    });

    test('that many ask for at once gets one range', async () => {
      const name = newName();
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => styxy.allocate({ service_type: name })),
      );
      expect(answers.filter(({ auto_allocated: isNew }) => isNew)).toHaveLength(1);
      expect((await styxy.autoAllocation()).types).toHaveLength(1);
      await freeAll(styxy);
    });

    test('of a suggestion is previewed: what an allocation would get, and nothing is made', async () => {
      const name = newName();
      const preview = await styxy.suggest(name, { count: 3 });
      expect(preview).toMatchObject({ service_type: name, auto_allocated: true });
      expect((await styxy.autoAllocation()).types).toEqual([]);
      const made = await styxy.allocate({ service_type: name });
      expect(made.range).toEqual(preview.range);
      const next = [
        await styxy.allocate({ service_type: name }),
        await styxy.allocate({ service_type: name }),
      ];
      expect(preview.suggestions).toEqual([made, ...next].map(({ port }) => port));
      await freeAll(styxy);
    });

    test('that looks like a typo is refused, unless it is insisted on', async () => {
      const name = newName();
      await styxy.allocate({ service_type: name });
      for (const typo of ['Web', 'wwb', 'databse', name.toUpperCase()]) {
        const refusal = { code: 'UNKNOWN_TYPE', hint: expect.stringContaining('did you mean') };
        await expect(styxy.allocate({ service_type: typo })).rejects.toMatchObject(refusal);
        await expect(styxy.suggest(typo)).rejects.toMatchObject(refusal);
      }
      expect((await styxy.autoAllocation()).types).toHaveLength(1);
      expect(await styxy.suggest('databse', { force: true })).toMatchObject({ auto_allocated: true });
      expect(await styxy.allocate({ service_type: 'databse', force: true })).toMatchObject({
        auto_allocated: true,
      });
      await freeAll(styxy);
    });

    test('that nobody named is not made', async () => {
      const name = newName();
      const asked = { service_type: name, service_type_default: true };
      await expect(styxy.allocate(asked)).rejects.toMatchObject({ code: 'UNKNOWN_TYPE' });
      await expect(styxy.suggest(name, { service_type_default: true })).rejects.toMatchObject({
        code: 'UNKNOWN_TYPE',
      });
      expect((await styxy.autoAllocation()).types).toEqual([]);
    });

    test('that a project defines for itself stays its own', async () => {
      const name = newName();
      const { min_port: min } = await styxy.autoAllocation();
      const own = {
        service_type: name,
        service_type_definition: { port_range: [min, min + 3] as [number, number] },
      };
      const { port, auto_allocated: isNew } = await styxy.allocate({ ...own, project_path: '/p' });
      expect([port >= min && port <= min + 3, isNew]).toEqual([true, undefined]);
      expect((await styxy.autoAllocation()).types).toEqual([]);
      await freeAll(styxy);
    });

    test('is not made for a port that it could not have', async () => {
      const name = newName();
      await expect(styxy.allocate({ service_type: name, port: styxy.web.first })).rejects.toMatchObject({
        code: 'PORT_NOT_ALLOWED',
      });
      expect((await styxy.autoAllocation()).types).toEqual([]);
    });

    test('can be named like what every object has, but for what no configuration can name', async () => {
      expect(await styxy.allocate({ service_type: 'toString' })).toMatchObject({ auto_allocated: true });
      for (const service_type of ['constructor', 'prototype']) {
        await expect(styxy.allocate({ service_type })).rejects.toMatchObject({ code: 'UNKNOWN_TYPE' });
      }
      await freeAll(styxy);
    });

    test('is undone when nobody leases from it; its ports are free at once, and the name is unknown again', async () => {
      const name = newName();
      const { range, lock_id, port } = await styxy.allocate({ service_type: name, service_name: 'board' });
      await expect(styxy.undoAutoAllocation(name)).rejects.toMatchObject({
        code: 'TYPE_IN_USE',
        why: expect.stringContaining(`${port} ("board")`),
        details: { service_type: name, leases: [{ port, lock_id }] },
      });
      await styxy.release(lock_id);
      expect(await styxy.undoAutoAllocation(name)).toEqual({ success: true, service_type: name, range });
      await expect(styxy.undoAutoAllocation(name)).rejects.toMatchObject({ code: 'UNKNOWN_TYPE' });
      expect(await styxy.allocate({ service_type: newName() })).toMatchObject({ range });
      await freeAll(styxy);
    });

    test('only what was made by itself can be undone', async () => {
      for (const name of ['web', 'dev']) {
        await expect(styxy.undoAutoAllocation(name)).rejects.toMatchObject({
          code: 'INVALID_REQUEST',
          message: `service type "${name}" was not made by auto-allocation`,
        });
      }
    });

    test('is refused while auto-allocation is off; those that were made stay', async () => {
      const name = newName();
      const made = await styxy.allocate({ service_type: name });
      expect(await styxy.setAutoAllocation({ enabled: false })).toEqual({ success: true, enabled: false });
      const refusal = {
        code: 'UNKNOWN_TYPE',
        hint: expect.stringContaining('styxy config auto-allocation enable'),
      };
      await expect(styxy.allocate({ service_type: newName() })).rejects.toMatchObject(refusal);
      await expect(styxy.suggest(newName())).rejects.toMatchObject(refusal);
      expect((await styxy.allocate({ service_type: name })).port).toBe(made.port + 1);
      expect(await styxy.autoAllocation()).toMatchObject({ enabled: false, origin: { enabled: 'user' } });
      await styxy.setAutoAllocation({ enabled: true });
      expect(await styxy.allocate({ service_type: newName() })).toMatchObject({ auto_allocated: true });
      await freeAll(styxy);
    });

    test('grows when all of its ports are leased, and says how when there is no room left', async () => {
      const name = newName();
      const ports = new Set<number>();
      for (let count = 0; count < AREA; count++)
        ports.add((await styxy.allocate({ service_type: name })).port);
      expect(ports.size).toBe(AREA);
      const [type] = (await styxy.autoAllocation()).types;
      expect(type).toMatchObject({ service_type: name, free: 0 });
      expect([Math.min(...ports), Math.max(...ports)]).toEqual(type?.range);
      await expect(styxy.allocate({ service_type: name })).rejects.toMatchObject({
        code: 'RANGE_FULL',
        why: expect.stringContaining('no room to grow'),
        hint: expect.stringContaining(`service_types.${name}.port_range`),
      });
      await expect(styxy.allocate({ service_type: newName() })).rejects.toMatchObject({
        code: 'RANGE_FULL',
        why: expect.stringContaining('the largest room'),
        hint: expect.stringContaining('max_port'),
      });
      expect((await styxy.autoAllocation()).types).toHaveLength(1);
      await freeAll(styxy);
    });

    test('the report says what is in force, and who says so', async () => {
      const report = await styxy.autoAllocation();
      expect(report).toMatchObject({
        enabled: true,
        placement: 'after',
        default_chunk_size: 4,
        gap_size: 2,
        preserve_gaps: true,
        rules: { 'lone-*': { chunk_size: 1, placement: 'before' } },
        origin: { placement: 'built-in', default_chunk_size: 'user', min_port: 'user', rules: 'user' },
        types: [],
      });
      expect(report.max_port - report.min_port).toBe(AREA - 1);
      expect(report.config_file).toMatch(/config\.json$/);
      expect(report.ephemeral_ports).toHaveLength(2);
    });

    test('gets what the rule for its name says', async () => {
      const { max_port: max } = await styxy.autoAllocation();
      const lone = await styxy.allocate({ service_type: 'lone-wolf' });
      expect(lone).toMatchObject({ port: max, range: [max, max] });
      expect((await styxy.autoAllocation()).types).toMatchObject([{ rule: 'lone-*' }]);
      await freeAll(styxy);
    });
  },
  (block) => ({
    auto_allocation: { default_chunk_size: 4, gap_size: 2, ...areaOf(block) },
    auto_allocation_rules: { 'lone-*': { chunk_size: 1, placement: 'before' } },
  }),
);

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AllocateAnswer } from '../../../src/protocol/answers/lease.ts';
import type { ListAnswer } from '../../../src/protocol/answers/ports.ts';
import type { AuditAnswer } from '../../../src/protocol/answers/audit.ts';
import type { AutoAllocationAnswer } from '../../../src/protocol/answers/config.ts';
import { parseUserConfig } from '../../../src/settings/parse.ts';
import { resolveCatalog } from '../../../src/settings/service-types.ts';
import { styxyHome } from '../../support/home.ts';
import { programs } from '../../support/programs.ts';
import { startProgram } from '../../support/start-program.ts';

const PROCESSES = 20;
const TYPES_EACH = 5;
const GAP = 10;

describe('100 unknown types, asked for at once from 20 processes,', () => {
  const home = styxyHome();

  async function askFromMany(): Promise<AllocateAnswer[]> {
    const asking = Array.from({ length: PROCESSES }, (_, asker) => {
      const types = Array.from({ length: TYPES_EACH }, (__, nth) => `service-${asker * TYPES_EACH + nth}`);
      const words = [process.execPath, programs.askForTypes, join(home.path, 'daemon.sock'), ...types];
      return startProgram(words, { cwd: home.place, env: home.env }).finished();
    });
    const exits = await Promise.all(asking);
    return exits.flatMap(({ code, stdout, story }) => {
      if (code !== 0) throw new Error(story);
      return JSON.parse(stdout) as AllocateAnswer[];
    });
  }

  test('get 100 disjoint ranges with gaps, a valid configuration, 100 audit records, and 10 backups', async () => {
    await home.cli(['daemon', 'start']);
    const answers = await askFromMany();
    expect(answers.filter(({ auto_allocated: isNew }) => isNew)).toHaveLength(PROCESSES * TYPES_EACH);

    const written: unknown = JSON.parse(readFileSync(join(home.path, 'config.json'), 'utf8'));
    const catalog = resolveCatalog(parseUserConfig(written, 'config.json').service_types);
    const inOrder = [...catalog.types.values()].toSorted((a, b) => a.range[0] - b.range[0]);
    const made = new Map(answers.map((answer) => [answer.service_type, answer]));
    expect(made.size).toBe(PROCESSES * TYPES_EACH);
    for (const [index, { name, range }] of inOrder.entries()) {
      const next = inOrder[index + 1];
      if (next && (made.has(name) || made.has(next.name))) {
        expect(next.range[0] - range[1], `${name} ${next.name}`).toBeGreaterThan(GAP);
      }
      const answer = made.get(name);
      if (!answer) continue;
      expect(range).toEqual(answer.range);
      expect(range[1] - range[0]).toBe(9);
      expect(answer.port).toBeGreaterThanOrEqual(range[0]);
      expect(answer.port).toBeLessThanOrEqual(range[1]);
    }

    const audit = await home.json<AuditAnswer>(['audit', '--action', 'type_added']);
    expect(audit.total).toBe(PROCESSES * TYPES_EACH);
    for (const { type, range } of audit.entries) expect(range).toEqual(made.get(type ?? '')?.range);
    expect((await home.json<AuditAnswer>(['audit', '--action', 'config_changed'])).total).toBe(0);

    const backups = readdirSync(join(home.path, 'backups'));
    expect(backups).toHaveLength(10);
    const sizes = backups.map((name) => {
      const kept = JSON.parse(readFileSync(join(home.path, 'backups', name), 'utf8')) as {
        service_types: object;
      };
      return Object.keys(kept.service_types).length;
    });
    // `dev` of this home, and what was made before each of the last ten writes.
    expect(sizes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, index) => index + 91));
    expect(readdirSync(home.path).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('are known after a restart, and to every command', async () => {
    await home.cli(['daemon', 'restart']);
    const { types } = await home.json<AutoAllocationAnswer>(['config', 'auto-allocation', 'list']);
    expect(types).toHaveLength(PROCESSES * TYPES_EACH);
    expect(new Set(types.map(({ leases }) => leases.length))).toEqual(new Set([1]));
    const { allocations } = await home.json<ListAnswer>(['list', '--type', 'service-42']);
    expect(allocations).toHaveLength(1);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AllocateAnswer } from '../../../src/protocol/answers/lease.ts';
import { parseUserConfig } from '../../../src/settings/parse.ts';
import { resolveCatalog } from '../../../src/settings/service-types.ts';
import type { Catalog } from '../../../src/domain/service-type.ts';
import { styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

const ROUNDS = 8;
const TYPES_EACH = 8;

describe('SIGKILL to the daemon while it makes service types', () => {
  const home = styxyHome();

  /** @throws when the file is not valid, or two ranges overlap */
  function catalog(): Catalog {
    const written: unknown = JSON.parse(readFileSync(join(home.path, 'config.json'), 'utf8'));
    return resolveCatalog(parseUserConfig(written, 'config.json').service_types);
  }

  async function askUntilKilled(round: number): Promise<AllocateAnswer[]> {
    const daemon = home.start(['daemon', 'run']);
    await waitFor(
      async () => (await home.api.status().catch(() => undefined))?.pid === daemon.pid,
      20_000,
      () => `the daemon to answer; it says: ${daemon.stderr()}`,
    );
    const asking = Array.from({ length: TYPES_EACH }, (_, nth) =>
      home.api.allocate({ service_type: `svc-${round}-${nth}`, ttl_ms: 3_600_000 }),
    );
    // The moment is what is tested here.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    daemon.process.kill('SIGKILL');
    const answers = await Promise.allSettled(asking);
    await waitFor(() => !isAlive(daemon.pid), 5000, 'the daemon to be dead');
    await daemon.finished();
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  test('leaves a valid file, in which every type is that somebody was told of', async () => {
    const told: AllocateAnswer[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      told.push(...(await askUntilKilled(round)));
      const { types } = catalog();
      for (const { service_type: type, range } of told) expect(types.get(type)?.range, type).toEqual(range);
    }
    const last = home.start(['daemon', 'run']);
    const allocations = await waitFor(
      async () => (await home.api.list().catch(() => undefined))?.allocations,
      20_000,
      'the last daemon to answer',
    );
    const live = new Set(allocations.map(({ lock_id: id }) => id));
    expect(told.filter(({ lock_id: id }) => !live.has(id))).toEqual([]);
    // Of a type whose making nobody was told of, there may be a lease; but never a lease without its type.
    const { types } = catalog();
    expect(allocations.filter(({ service_type: type }) => !types.has(type))).toEqual([]);
    console.log(`${ROUNDS} kills, ${told.length} of ${ROUNDS * TYPES_EACH} types were told of`);
    await home.cli(['daemon', 'stop']);
    await last.finished();
  });
});

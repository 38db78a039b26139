import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLeaseTable } from '../../src/domain/lease-table.ts';
import { portsOf } from '../../src/domain/lease.ts';
import { judge, reconcile, withoutSharedPorts } from '../../src/domain/reconcile.ts';
import { createCatalog } from '../../src/domain/service-type.ts';
import { lease, serviceType } from '../support/leases.ts';
import { runs } from '../support/runs.ts';

const port = fc.integer({ min: 3000, max: 3006 });
const step = fc.oneof(
  fc.record({ do: fc.constant('grant' as const), port }),
  fc.record({ do: fc.constant('end' as const), port }),
  // A program of the lease of `port` is seen on these ports.
  fc.record({ do: fc.constant('see' as const), port, on: fc.uniqueArray(port, { maxLength: 4 }) }),
);

test('whatever programs do, no port belongs to two leases, and each lease has its own', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = createLeaseTable(createCatalog([serviceType('dev', 3000, 3003)]));
      for (const [index, each] of steps.entries()) {
        const found = table.at(each.port);
        if (each.do === 'grant' && !found) table.add(lease(each.port, { id: `lease ${index}` }));
        if (each.do === 'end' && found) table.remove(found.id);
        if (each.do === 'see' && found) {
          const verdict = judge(
            found,
            { isBound: each.on.includes(found.port), started: each.on },
            (candidate) => (table.at(candidate) ?? found).id === found.id,
          );
          const changed = reconcile(found, verdict);
          if (changed) table.replace(changed);
          const now = table.get(found.id);
          if (each.on.includes(found.port)) expect(now?.driftedTo ?? []).toEqual([]);
          // Where it listens instead of on its port nobody else can come.
          else for (const used of each.on) expect(table.at(used)).toBeDefined();
        }
        const all = [...table.all()];
        const ports = all.flatMap(portsOf);
        expect(new Set(ports).size).toBe(ports.length);
        for (const one of all) for (const own of portsOf(one)) expect(table.at(own)).toBe(one);
        expect(withoutSharedPorts(all)).toEqual(all);
      }
    }),
    runs(300),
  );
});

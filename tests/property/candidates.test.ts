import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { affinityKey } from '../../src/domain/affinity.ts';
import { candidatePorts, type CandidateSources } from '../../src/domain/candidates.ts';
import { browsersRefuse } from '../../src/domain/port.ts';
import type { LeaseRequest } from '../../src/domain/request.ts';
import { lease, portsOffered, request, serviceType, sourcesFor } from '../support/leases.ts';
import { runs } from '../support/runs.ts';

/** A range with refused ports in it (6665-6669), a reserved one (6672), and a neighbour. */
const web = serviceType('web', 6663, 6674, { preferred: [6670, 6665, 6663] });
const api = serviceType('api', 6675, 6680);
const RESERVED = 6672;
const GRANTABLE = [6663, 6664, 6670, 6671, 6673, 6674];
const freshSources = () => sourcesFor([web, api], [RESERVED]);

type Step =
  | { do: 'grant'; name: string | undefined; prefer: number | undefined }
  | { do: 'release'; nth: number }
  | { do: 'restore'; port: number }
  | { do: 'arrive' | 'leave'; port: number }
  | { do: 'wait'; ms: number };

const somePort = fc.integer({ min: 6660, max: 6682 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      name: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
      prefer: fc.option(somePort, { nil: undefined }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('release' as const), nth: fc.nat(20) }) },
  fc.record({ do: fc.constant('restore' as const), port: fc.constantFrom(...GRANTABLE) }),
  fc.record({ do: fc.constantFrom('arrive' as const, 'leave' as const), port: somePort }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(500) }),
);

/** A daemon's life without a daemon: outsiders come and go, leases are given, ended and read back from a journal. */
class Walk {
  readonly sources: CandidateSources = freshSources();
  readonly outsiders = new Set<number>();
  now = 0;
  ids = 0;

  offered(own: Partial<LeaseRequest>): number[] {
    return portsOffered({ type: 'web', ...own }, web, this.sources, this.now);
  }

  grant(own: Partial<LeaseRequest>): number | undefined {
    const { leases, affinities, quarantine } = this.sources;
    for (const { port } of candidatePorts(request({ type: 'web', ...own }), web, this.sources, this.now)) {
      if (this.outsiders.has(port)) {
        quarantine.add(port, this.now);
        continue;
      }
      quarantine.clear(port);
      leases.add(
        lease(port, { id: `id-${(this.ids += 1)}`, type: 'web', name: own.name, project: own.project }),
      );
      const key = affinityKey(own.project, 'web', own.name);
      if (key !== undefined) affinities.remember(key, port);
      return port;
    }
    return undefined;
  }

  take(each: Step): void {
    const { leases } = this.sources;
    if (each.do === 'grant') this.grant({ project: '/p', name: each.name, prefer: each.prefer });
    else if (each.do === 'release') leases.remove([...leases.all()][each.nth % leases.size]?.id ?? '');
    else if (each.do === 'arrive') this.outsiders.add(each.port);
    else if (each.do === 'leave') this.outsiders.delete(each.port);
    else if (each.do === 'wait') this.now += each.ms;
    else if (!leases.at(each.port))
      leases.add(lease(each.port, { id: `id-${(this.ids += 1)}`, type: 'web' }));
  }
}

const afterAnyWalk = (check: (walk: Walk) => void, between: (walk: Walk) => void = () => undefined): void =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const walk = new Walk();
      for (const each of steps) {
        walk.take(each);
        between(walk);
      }
      check(walk);
    }),
    runs(300),
  );

describe('whatever happened before', () => {
  test('no port is leased twice, and each lease is found by its port', () => {
    afterAnyWalk(
      () => undefined,
      ({ sources: { leases } }) => {
        const all = [...leases.all()];
        expect(new Set(all.map(({ port }) => port)).size).toBe(all.length);
        expect(all.every((each) => leases.at(each.port) === each && leases.get(each.id) === each)).toBe(true);
        expect(leases.size).toBe(all.length);
      },
    );
  });

  test('no port is offered twice, none that is leased, reserved, refused by browsers or outside of the range', () => {
    afterAnyWalk((walk) => {
      for (const name of [undefined, 'a']) {
        const offered = walk.offered({ project: '/p', name });
        expect(new Set(offered).size).toBe(offered.length);
        // A wish may have led outside of the range before, and a service may return to it.
        const habits = new Set(walk.sources.affinities.portsOf(affinityKey('/p', 'web', name) ?? ''));
        const wrong = offered.filter(
          (port) =>
            walk.sources.leases.at(port) ||
            port === RESERVED ||
            browsersRefuse(port) ||
            (!GRANTABLE.includes(port) && !habits.has(port)),
        );
        expect(wrong).toEqual([]);
      }
    });
  });

  test('every free port of the range is offered', () => {
    afterAnyWalk((walk) => {
      const free = GRANTABLE.filter((port) => !walk.sources.leases.at(port));
      expect(walk.offered({ project: '/p', name: 'a' })).toEqual(expect.arrayContaining(free));
      expect(walk.offered({})).toEqual(expect.arrayContaining(free));
    });
  });

  test('the range is only full when nothing of it is left', () => {
    afterAnyWalk((walk) => {
      const isLeft = GRANTABLE.some((port) => !walk.sources.leases.at(port) && !walk.outsiders.has(port));
      if (isLeft) expect(walk.grant({})).toBeDefined();
      else expect(GRANTABLE).not.toContain(walk.grant({}));
    });
  });

  test('a service gets its first port again as soon as that is free', () => {
    afterAnyWalk((walk) => {
      for (const name of ['a', 'b', 'c']) {
        const [first] = walk.sources.affinities.portsOf(affinityKey('/p', 'web', name) ?? '');
        if (first === undefined || walk.sources.leases.at(first) || walk.outsiders.has(first)) continue;
        const granted = walk.grant({ project: '/p', name });
        expect(granted).toBe(first);
        walk.sources.leases.remove(walk.sources.leases.at(first)?.id ?? '');
      }
    });
  });

  test('a wish that may be granted and is free is granted', () => {
    afterAnyWalk((walk) => {
      for (const port of GRANTABLE) {
        if (walk.sources.leases.at(port) || walk.outsiders.has(port)) continue;
        expect(walk.grant({ prefer: port })).toBe(port);
      }
    });
  });
});

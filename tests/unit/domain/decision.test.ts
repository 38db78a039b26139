import { beforeEach, describe, expect, test } from 'vitest';
import { affinityKey } from '../../../src/domain/affinity.ts';
import { candidatePorts, type CandidateSources } from '../../../src/domain/candidates.ts';
import { portUserWords, reasonFor } from '../../../src/domain/decision.ts';
import type { Reason } from '../../../src/domain/reason.ts';
import { mayLeaveRange, type LeaseRequest } from '../../../src/domain/request.ts';
import { lease, request, serviceType, sourcesFor } from '../../support/leases.ts';

const dev = serviceType('dev', 3000, 3003, { preferred: [3000, 3001] });
const service = { project: '/home/u/shop', name: 'web' };
const keyOf = (project: string) => affinityKey(project, 'dev', 'web') ?? '';

let sources: CandidateSources;
beforeEach(() => void (sources = sourcesFor([dev, serviceType('api', 8000, 8001)], [9876])));

/** Why the best candidate would be granted. */
function reason(own: Partial<LeaseRequest> = {}): Reason & { port: number } {
  const [best] = candidatePorts(request(own), dev, sources, 0);
  if (!best) throw new Error('no candidate');
  const decision = { wishedBy: own.wishedBy, wishedIn: own.wishedIn, type: 'dev', home: '/home/u' };
  return { port: best.port, ...reasonFor({ ...decision, rule: best.rule, passedOver: best.passedOver }) };
}

describe('a port that comes first has the reason of the rule that offers it', () => {
  test.each([
    [{}, 3000, 'first_free', 'the first free port of dev'],
    [{ port: 3003 }, 3003, 'asked', 'the port that was asked for'],
    [{ port: 3003, wishedBy: 'config' }, 3003, 'configured', 'configured (port)'],
    [{ prefer: 3003 }, 3003, 'asked', 'the port that was asked for'],
    [{ prefer: 3003, wishedBy: 'config' }, 3003, 'configured', 'configured (prefer)'],
    [{ prefer: 3003, wishedBy: 'script' }, 3003, 'script', 'the port in the script'],
    [{ prefer: 3003, wishedBy: 'script', wishedIn: 'a.js:2' }, 3003, 'script', 'the port in a.js:2'],
    [{ prefer: 3003, wishedBy: 'environment' }, 3003, 'environment', "the port of the caller's PORT"],
    [{ toolDefault: 5173 }, 5173, 'tool_default', 'the port that the tool takes by itself'],
    [{ preferredAt: 1 }, 3001, 'template', "the port of the instance's template"],
  ] as const)('%j', (own, port, code, text) => {
    expect(reason(own)).toEqual({ port, code, text });
  });

  test('the port that the service had', () => {
    sources.affinities.remember(keyOf(service.project), 3002);
    expect(reason({ ...service, toolDefault: 5173 })).toEqual({
      port: 3002,
      code: 'remembered',
      text: 'same as last time',
    });
  });
});

test('the port that its project was told, until the service has listened there', () => {
  const key = keyOf(service.project);
  sources.affinities.remember(key, 3002, { isTold: true });
  const text = 'the port that its project was told';
  expect(reason(service)).toEqual({ port: 3002, code: 'told', text });
  sources.affinities.remember(key, 3002);
  expect(reason(service)).toMatchObject({ port: 3002, code: 'remembered' });
});

describe('another port than the first choice says who has that', () => {
  test('a lease, with its service and worktree', () => {
    sources.leases.add(lease(3000, { ...service, holder: { kind: 'connection', pid: 7 } }));
    expect(reason()).toEqual({
      port: 3001,
      code: 'leased',
      text: '3000 is leased to web (pid 7, ~/shop)',
      insteadOf: 3000,
    });
  });

  test('a lease whose program listens there instead of on its own port', () => {
    sources.leases.add(lease(3003, { ...service, driftedTo: [3000] }));
    expect(reason().text).toBe('3000 is used by web (~/shop) instead of its port 3003');
  });

  test('another service that listened there before', () => {
    sources.affinities.remember(keyOf('/home/u/shop'), 3000);
    expect(reason()).toMatchObject({
      port: 3001,
      code: 'kept',
      text: '3000 is kept for ~/shop web (--prefer 3000 takes it)',
    });
    expect(reason({ prefer: 3000 })).toMatchObject({ port: 3000, code: 'asked' });
  });

  test('a port in quarantine, and one that has just failed', () => {
    sources.quarantine.add(3000, 0);
    expect(reason().text).toBe('3000 was used by another program a moment ago');
    expect(reason({ avoid: [3000] }).text).toBe('3000 was taken before the command could bind it');
  });

  test.each([
    [80, 'ports below 1024 belong to system services'],
    [6000, 'browsers refuse to open this port'],
    [9876, 'it is the port of the Styxy daemon itself'],
    [8000, 'it lies in the range of "api" (8000-8001), and "dev" was asked for'],
  ])('a wish for %i, which no dev server may have', (prefer, because) => {
    const text = `${prefer} can't be leased: ${because}`;
    expect(reason({ prefer })).toEqual({ port: 3000, code: 'refused', text, insteadOf: prefer });
  });

  test("a tool's own port in the range of another type is taken only where nobody has asked for a type", () => {
    expect(reason({ toolDefault: 8000 })).toMatchObject({ port: 3000, code: 'first_free' });
    const open = reason({ toolDefault: 8000, isTypeDefault: true });
    expect(open).toMatchObject({ port: 8000, code: 'tool_default' });
    for (const toolDefault of [80, 6000, 9876])
      expect(reason({ toolDefault, isTypeDefault: true })).toMatchObject({ port: 3000, code: 'first_free' });
  });

  test.each([{ prefer: 8000 }, { port: 8000 }])('so is %j, below 1024 never', (own) => {
    const open = { ...own, isTypeDefault: true };
    expect(reason(open)).toMatchObject({ port: 8000, code: 'asked' });
    expect(mayLeaveRange(request(open), 8000)).toBe(true);
    expect(mayLeaveRange(request(open), 80)).toBe(false);
    expect(mayLeaveRange(request(own), 8000)).toBe(false);
  });

  test('when only ports of other services are left, it says so', () => {
    for (const port of [3000, 3001, 3002, 3003]) sources.affinities.remember(keyOf(`/p${port}`), port);
    expect(reason()).toMatchObject({ port: 3000, code: 'last_resort', text: 'no other port of dev is free' });
  });
});

test('the user of a port is told by command, pid and folder, as far as they are known', () => {
  const user = { command: '/usr/bin/node /srv/a/server.js', pid: 4906, cwd: '/home/u/other', user: 'u' };
  expect(portUserWords({ ...user, container: null }, '/home/u')).toBe('node server.js (pid 4906, ~/other)');
  expect(portUserWords({ ...user, pid: null, container: null }, '/home/u')).toBe('a program of u');
  expect(portUserWords({ ...user, container: { name: 'db' } }, '/home/u')).toBe('container db');
  expect(portUserWords(undefined, '/home/u')).toBe('another program');
});

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { completionScript } from '../../../src/cli/completion.ts';
import { createContext } from '../../../src/cli/context.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { callAndHold } from '../../../src/client/transport.ts';
import { openConfigStore } from '../../../src/daemon/config/store.ts';
import { createLifetimes } from '../../../src/daemon/holders/lifetimes.ts';
import { createFileLogger } from '../../../src/daemon/reports/log.ts';
import { parseUserConfig } from '../../../src/settings/parse.ts';
import { lease, serviceType, sourcesFor } from '../../support/leases.ts';
import { tempDir } from '../../support/temp.ts';
import { httpOnSocket } from '../../support/unix-server.ts';

const folder = () => {
  const made = tempDir();
  onTestFinished(made.remove);
  return made.path;
};

describe('a deadline', () => {
  const parts = (
    leases: ReturnType<typeof sourcesFor>['leases'],
    portsInUse: () => Promise<Set<number>>,
  ) => ({
    leases,
    clock: () => 100,
    log: silentLogger,
    onWrapperDeath: () => 'reap' as const,
    processes: { isAlive: () => false, processesOf: async () => [], endProcesses: async () => undefined },
    portsInUse,
    isPortFree: async () => false,
    wasInUse: () => false,
    orphan: () => undefined,
    change: () => undefined,
    end: (id: string) => void leases.remove(id),
  });
  test('a lease that is released while its deadline is looked at is no failure', async () => {
    const { leases } = sourcesFor([serviceType('dev', 3000, 3009)]);
    leases.add(lease(3000, { holder: { kind: 'ttl', expiresAt: 50 } }));
    const watcher = createLifetimes(
      parts(leases, async () => (leases.remove('lease-3000'), new Set([3000]))),
    );
    onTestFinished(watcher.close);
    await watcher.checkAll();
  });
  test('a lease that is taken up again while its deadline is looked at does not end', async () => {
    const { leases } = sourcesFor([serviceType('dev', 3000, 3009)]);
    leases.add(lease(3000, { holder: { kind: 'ttl', expiresAt: 50 } }));
    const renewed = lease(3000, { holder: { kind: 'ttl', expiresAt: 9000 } });
    const watcher = createLifetimes(parts(leases, async () => (leases.replace(renewed), new Set())));
    onTestFinished(watcher.close);
    await watcher.checkAll();
    expect(leases.at(3000)).toEqual(renewed);
  });
  test('when the listeners can not be read, the lease is kept and nothing fails', async () => {
    const { leases } = sourcesFor([serviceType('dev', 3000, 3009)]);
    leases.add(lease(3000, { holder: { kind: 'ttl', expiresAt: 50 } }));
    const watcher = createLifetimes(parts(leases, () => Promise.reject(new Error('EMFILE'))));
    onTestFinished(watcher.close);
    await watcher.checkAll();
    expect(leases.at(3000)).toBeDefined();
  });
});

describe('a held answer', () => {
  test('keeps lines for a listener that comes later', { timeout: 2000 }, async () => {
    const path = await httpOnSocket(
      (_, response) => void response.write('{"port":3000}\n{"event":"ended"}\n'),
    );
    const stream = await callAndHold(path, { method: 'GET', path: '/' });
    expect(await new Promise((resolve) => stream.onLine(resolve))).toEqual({ event: 'ended' });
  });
  test('tells an end that came with the first line', { timeout: 2000 }, async () => {
    const path = await httpOnSocket((_, response) => void response.end('{"port":3000}\n'));
    const stream = await callAndHold(path, { method: 'GET', path: '/' });
    await new Promise<void>((resolve) => stream.onEnd(resolve));
  });
});

describe('notices about the configuration', () => {
  test('name the file and the mistake', () => {
    const path = join(folder(), 'config.json');
    writeFileSync(path, '{oops');
    expect(openConfigStore(path).notices()).toEqual([expect.stringContaining(path)]);
    writeFileSync(path, '{"service_typs":{}}');
    expect(openConfigStore(path).notices()).toEqual([
      expect.stringContaining('did you mean "service_types"?'),
    ]);
  });
  test('a list is no configuration', () => {
    expect(() => parseUserConfig([], 'f')).toThrow();
  });
});

test('a log folder that is a file is no reason of a failure', () => {
  const path = join(folder(), 'logs', 'daemon.log');
  writeFileSync(dirname(path), '');
  createFileLogger(path, undefined).error('event');
});

test('names of every object are no shells', () => {
  const program = createProgram(createContext({}, '/'), () => undefined);
  for (const shell of ['toString', '__proto__', 'constructor']) {
    expect(() => completionScript(program, shell)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  }
});

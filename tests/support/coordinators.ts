import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { Coordinator } from '../../src/protocol/coordinator.ts';
import type { ServiceTypeConfig } from '../../src/settings/schema.ts';
import { startTestDaemon } from './daemon.ts';
import { startEngine } from './engine.ts';
import { claimPorts, type PortBlock } from './ports.ts';

/** What the tests of the contract work with; the ports are free when the tests begin, and belong to no other test. */
export interface UnderTest extends Coordinator {
  /** 259 ports; `first` and `second` are preferred. */
  readonly web: { readonly first: number; readonly second: number; readonly last: number };
  /** 3 ports. */
  readonly tiny: { readonly first: number; readonly last: number };
  /** 10 ports of the type `once`, and 10 of `once-each`, of which each project may have its own. */
  readonly once: { readonly first: number; readonly last: number };
  /** Ports of no type at all. */
  readonly unmanaged: number;
}

/** Types of their own beside the built-in ones. `refused` has only ports that browsers refuse to open. */
function typesIn({ first }: PortBlock): Record<string, ServiceTypeConfig> {
  return {
    web: { port_range: [first, first + 258], preferred_ports: [first, first + 1] },
    tiny: { port_range: [first + 260, first + 262] },
    once: { port_range: [first + 275, first + 284], instance_behavior: 'single' },
    'once-each': {
      port_range: [first + 285, first + 294],
      instance_behavior: 'single',
      singleton_scope: 'project',
    },
    refused: { port_range: [6665, 6669] },
  };
}

type Started = { coordinator: Coordinator } & AsyncDisposable;

const IMPLEMENTATIONS: Record<string, (config: object) => Promise<Started>> = {
  'the engine itself': startEngine,
  'a daemon over HTTP': (config) => startTestDaemon({ config }),
};

/**
 * The same tests for both implementations of the coordinator. No lease outlives its test.
 * @param settings what `config.json` says beside the service types
 */
export function describeCoordinator(
  what: string,
  tests: (styxy: UnderTest) => void,
  settings: (block: PortBlock) => object = () => ({}),
): void {
  describe.each(Object.entries(IMPLEMENTATIONS))(`%s: ${what}`, (_, start) => {
    const state: { started?: Started; block?: PortBlock } = {};
    beforeAll(async () => {
      state.block = await claimPorts();
      state.started = await start({ service_types: typesIn(state.block), ...settings(state.block) });
    });
    afterEach(async () => {
      const { allocations } = (await state.started?.coordinator.list()) ?? { allocations: [] };
      for (const { lock_id } of allocations)
        await state.started?.coordinator.release(lock_id, { all: true }).catch(() => undefined);
    });
    afterAll(async () => {
      await state.started?.[Symbol.asyncDispose]();
      await state.block?.[Symbol.asyncDispose]();
    });

    const coordinator = (): Coordinator => {
      if (!state.started) throw new Error('not started');
      return state.started.coordinator;
    };
    const first = (): number => state.block?.first ?? NaN;
    tests({
      allocate: (body) => coordinator().allocate(body),
      release: (lockId, query) => coordinator().release(lockId, query),
      attach: (lockId, body) => coordinator().attach(lockId, body),
      stop: (lockId, query) => coordinator().stop(lockId, query),
      restart: (lockId) => coordinator().restart(lockId),
      list: (query) => coordinator().list(query),
      check: (port) => coordinator().check(port),
      suggest: (type, query) => coordinator().suggest(type, query),
      scan: (query) => coordinator().scan(query),
      usage: () => coordinator().usage(),
      log: (lockId, query) => coordinator().log(lockId, query),
      status: (query) => coordinator().status(query),
      cleanup: () => coordinator().cleanup(),
      config: () => coordinator().config(),
      projectPorts: (body) => coordinator().projectPorts(body),
      remembered: (query) => coordinator().remembered(query),
      forget: (query) => coordinator().forget(query),
      autoAllocation: () => coordinator().autoAllocation(),
      setAutoAllocation: (body) => coordinator().setAutoAllocation(body),
      undoAutoAllocation: (type) => coordinator().undoAutoAllocation(type),
      registerInstance: (body) => coordinator().registerInstance(body),
      heartbeat: (id) => coordinator().heartbeat(id),
      listInstances: () => coordinator().listInstances(),
      removeInstance: (id) => coordinator().removeInstance(id),
      get web() {
        return { first: first(), second: first() + 1, last: first() + 258 };
      },
      get tiny() {
        return { first: first() + 260, last: first() + 262 };
      },
      get once() {
        return { first: first() + 275, last: first() + 284 };
      },
      get unmanaged() {
        return first() + 270;
      },
    });
  });
}

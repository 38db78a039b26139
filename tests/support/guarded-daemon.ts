import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startTestDaemon, type TestDaemon } from './daemon.ts';
import { endpointOf, problemsOfAnswer } from './openapi.ts';
import { claimPorts, type PortBlock } from './ports.ts';
import { rawRequest, sendRaw, type RawAnswer } from './raw-http.ts';

type Headers = Record<string, string | undefined>;

/** A daemon that is asked over TCP with whatever bytes a test likes. */
export interface GuardedDaemon {
  readonly daemon: TestDaemon;
  readonly port: number;
  readonly token: string;
  /** The headers of a request that is let through. */
  good(): Headers;
  send(...pieces: (string | Buffer)[]): Promise<RawAnswer | undefined>;
  /** A request that is let through, but for these headers; undefined leaves one out. The answer is as the document says. */
  ask(
    method: string,
    path: string,
    headers?: Headers,
    body?: string | Buffer,
  ): Promise<RawAnswer | undefined>;
  post(body: string | Buffer, headers?: Headers): Promise<RawAnswer | undefined>;
  /** All that came back so far. */
  readonly seen: readonly string[];
}

/** For the calling test file. Whatever a test sent: afterwards the daemon lives, and answers to who may ask. */
export function guardedDaemon(): GuardedDaemon {
  const state: { block?: PortBlock; daemon?: TestDaemon; token?: string } = {};
  const seen: string[] = [];

  beforeAll(async () => {
    const block = (state.block = await claimPorts());
    const web = { port_range: [block.first + 1, block.last] };
    state.daemon = await startTestDaemon({
      httpPort: block.first,
      config: { service_types: { web }, auto_allocation: { enabled: false } },
    });
    state.token = readFileSync(state.daemon.paths.token, 'utf8').trim();
  });
  afterAll(async () => {
    await state.daemon?.[Symbol.asyncDispose]();
    await state.block?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    expect(guarded.daemon.isRunning()).toBe(true);
    expect((await guarded.daemon.coordinator.status()).pid).toBe(guarded.daemon.pid);
  });

  const guarded: GuardedDaemon = {
    seen,
    get daemon() {
      if (!state.daemon) throw new Error('the daemon is not started yet');
      return state.daemon;
    },
    get port() {
      return state.block?.first ?? NaN;
    },
    get token() {
      return state.token ?? '';
    },
    good: () => ({ host: `127.0.0.1:${guarded.port}`, authorization: `Bearer ${guarded.token}` }),
    async send(...pieces) {
      const answer = await sendRaw(guarded.port, ...pieces);
      if (answer) seen.push(answer.text);
      return answer;
    },
    async ask(method, path, headers = {}, body) {
      const answer = await guarded.send(rawRequest(method, path, { ...guarded.good(), ...headers }, body));
      const name = endpointOf(method, path);
      if (name && answer?.headers.get('content-type') === 'application/json')
        expect(problemsOfAnswer(name, answer.status, JSON.parse(answer.body))).toEqual([]);
      return answer;
    },
    post: (body, headers = {}) =>
      guarded.ask('POST', '/allocate', { 'content-type': 'application/json', ...headers }, body),
  };
  return guarded;
}

/** Status and error code of an answer. */
export function told(answer: RawAnswer | undefined): [status: number | undefined, code: unknown] {
  const body: unknown = JSON.parse(answer?.body ?? 'null');
  return [answer?.status, (body as { error?: { code?: unknown } } | null)?.error?.code];
}

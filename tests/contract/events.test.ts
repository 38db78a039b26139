import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpReports } from '../../src/client/http-reports.ts';
import { EVENTS } from '../../src/protocol/events.ts';
import { guardedDaemon, told } from '../support/guarded-daemon.ts';
import { rawRequest } from '../support/raw-http.ts';
import { ISO } from '../support/shapes.ts';
import { waitFor } from '../support/processes.ts';

const guarded = guardedDaemon();

interface Heard {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Reads the stream as the HTML standard says: fields up to an empty line are one event. */
interface Watcher {
  readonly response: IncomingMessage;
  heard(): Heard[];
  text(): string;
  close(): void;
}

const open: Watcher[] = [];
afterEach(() => open.splice(0).forEach((watcher) => watcher.close()));

async function watch(via: 'socket' | 'TCP'): Promise<Watcher> {
  const target =
    via === 'socket'
      ? { socketPath: guarded.daemon.paths.socket, headers: { host: 'localhost' } }
      : { port: guarded.port, host: '127.0.0.1', headers: guarded.good() };
  const asked = request({ ...target, path: '/events' }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  response.on('error', () => undefined);
  const watcher = {
    response,
    text: () => text,
    heard: () => text.split('\n\n').slice(0, -1).flatMap(parseEvent),
    close: () => void response.destroy(),
  };
  open.push(watcher);
  await waitFor(() => watcher.heard().length > 0, 10_000, 'the first event');
  return watcher;
}

function parseEvent(block: string): Heard[] {
  const fields = new Map(
    block.split('\n').map((line) => [line.split(': ', 1)[0], line.replace(/^\w*: /, '')]),
  );
  const [event, data] = [fields.get('event'), fields.get('data')];
  return event === undefined ? [] : [{ event, data: JSON.parse(data ?? '') as Record<string, unknown> }];
}

describe.each(['socket', 'TCP'] as const)('the events over %s', (via) => {
  test('begin with a hello, and tell everything that happens by its name', async () => {
    const watcher = await watch(via);
    expect(watcher.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(watcher.response.headers['cache-control']).toBe('no-store');
    expect(watcher.text()).toMatch(/^retry: \d+\n\n/);
    const { coordinator } = guarded.daemon;
    const shop = {
      service_type: 'web',
      service_name: 'shop',
      project_path: '/p "ü"\u2028',
      request_id: `events over ${via}`,
    };
    const lease = await coordinator.allocate(shop);
    await coordinator.allocate(shop);
    await coordinator.release(lease.lock_id);
    await coordinator.allocate({ service_type: 'nope' }).catch(() => undefined);
    await waitFor(() => watcher.heard().length >= 5, 10_000, 'five events');
    const about = { port: lease.port, lock_id: lease.lock_id, service_type: 'web', service_name: 'shop' };
    const known = { ...about, project_path: shop.project_path };
    expect(watcher.heard()).toMatchObject([
      { event: 'hello', data: { version: expect.any(String), pid: guarded.daemon.pid } },
      { event: 'granted', data: { ...known, event: 'granted', time: expect.stringMatching(ISO) } },
      { event: 'taken_up', data: known },
      { event: 'released', data: { ...known, reason: 'released' } },
      { event: 'refused', data: { service_type: 'nope', code: 'UNKNOWN_TYPE' } },
    ]);
    for (const { event } of watcher.heard().slice(1)) expect(Object.keys(EVENTS)).toContain(event);
  });
});

test('a watcher who leaves, reads nothing, or sends rubbish costs nobody anything', async () => {
  const deaf = connect(guarded.port, '127.0.0.1').on('error', () => undefined);
  deaf.pause();
  deaf.write(rawRequest('GET', '/events', guarded.good()));
  (await watch('TCP')).close();
  const { coordinator } = guarded.daemon;
  for (let round = 0; round < 50; round += 1) {
    const { lock_id } = await coordinator.allocate({ service_type: 'web' });
    await coordinator.release(lock_id);
  }
  deaf.destroy();
  expect((await coordinator.status()).running).toBe(true);
});

test('the events are for those who have the token, and can only be read', async () => {
  expect(told(await guarded.ask('GET', '/events', { authorization: undefined }))).toEqual([
    401,
    'UNAUTHORIZED',
  ]);
  expect(told(await guarded.ask('POST', '/events'))).toEqual([405, 'METHOD_NOT_ALLOWED']);
});

test('a daemon that stops says so, and does not wait for its watchers', async () => {
  const watchers = [await watch('socket'), await watch('TCP')];
  const ended = Promise.all(
    watchers.map(({ response }) => new Promise((resolve) => void response.once('close', resolve))),
  );
  const started = Date.now();
  await guarded.daemon.end('SIGTERM');
  expect(Date.now() - started).toBeLessThan(5000);
  await ended;
  for (const watcher of watchers)
    expect(watcher.heard().at(-1)).toMatchObject({ event: 'daemon_stopping', data: { reason: 'SIGTERM' } });
  await guarded.daemon.restart();
  const { entries } = await createHttpReports(guarded.daemon.connection).audit();
  expect(entries.slice(-2).map(({ action }) => action)).toEqual(['daemon_stopping', 'daemon_started']);
});

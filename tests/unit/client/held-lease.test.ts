import { beforeEach, expect, test } from 'vitest';
import { StyxyError } from '../../../src/base/styxy-error.ts';
import type { Connection } from '../../../src/client/connection.ts';
import { holdLease } from '../../../src/client/held-lease.ts';
import type { Call, LineStream } from '../../../src/client/transport.ts';

interface Stream extends LineStream {
  say(line: unknown): void;
  end(): void;
  isClosed: boolean;
}

/** A daemon as its clients see it: what it was asked, and the open answers it has given. */
let asked: Call[];
let streams: Stream[];
/** What was said on the connections of the answers. */
let told: Call[];
let refusal: StyxyError | undefined;
/** Nobody is at the other end of the open answers. */
let isGone: boolean;
let refuseAttachment: boolean;

beforeEach(
  () =>
    void ([asked, streams, told, refusal, isGone, refuseAttachment] = [[], [], [], undefined, false, false]),
);

function openStream(): Stream {
  let [onLine, onEnd]: [(line: unknown) => void, () => void] = [() => undefined, () => undefined];
  return {
    first: { success: true, port: 3000, lock_id: 'lock-1' },
    onLine: (listener) => (onLine = listener),
    onEnd: (listener) => (onEnd = listener),
    unref: () => undefined,
    async tell(request) {
      if (isGone) throw new Error('the daemon has ended');
      told.push(request);
    },
    say: (line) => onLine(line),
    end: () => onEnd(),
    isClosed: false,
    close() {
      this.isClosed = true;
      onEnd();
    },
  };
}

const connection: Connection = {
  async call<Answer>(request: Call) {
    asked.push(request);
    if (refusal) throw refusal;
    if (refuseAttachment && request.method === 'PATCH') throw new Error('the daemon died again');
    return {} as Answer;
  },
  async hold(request) {
    asked.push(request);
    if (refusal) throw refusal;
    const stream = openStream();
    streams.push(stream);
    return stream;
  },
  async tell(request) {
    asked.push(request);
    if (refusal) throw refusal;
    if (refuseAttachment && request.method === 'PATCH') throw new Error('the daemon died again');
  },
};
const hold = () => holdLease(connection, { service_type: 'dev', preferred_port: 3000, force: true });
const verbs = () => asked.map(({ method, path }) => `${method} ${path}`);

test('a lease is asked for as one that this process holds', async () => {
  const lease = await hold();
  expect(asked[0]?.body).toMatchObject({
    service_type: 'dev',
    preferred_port: 3000,
    force: true,
    hold: true,
    process_id: process.pid,
  });
  expect(lease.allocation.port).toBe(3000);
});

test('releasing it tells the daemon once, and closes the answer', async () => {
  const lease = await hold();
  await lease.release();
  await lease.release();
  expect(verbs()).toEqual(['POST /allocate', 'DELETE /allocate/lock-1']);
  await expect.poll(() => streams[0]?.isClosed).toBe(true);
});

test('leaving it asks the daemon to hand it on, on the connection that ends then', async () => {
  const lease = await hold();
  await lease.leave();
  await lease.leave();
  expect(told).toMatchObject([{ method: 'PATCH', path: '/allocate/lock-1', body: { adopt: true } }]);
  expect(verbs()).toEqual(['POST /allocate']);
  await expect.poll(() => streams[0]?.isClosed).toBe(true);
});

test('leaving it when its daemon has just been replaced asks the next one', async () => {
  const lease = await hold();
  isGone = true;
  await lease.leave();
  expect(verbs()).toEqual(['POST /allocate', 'PATCH /allocate/lock-1']);
  expect(asked[1]?.body).toMatchObject({ adopt: true });
});

test('an order that comes before anybody listens is told to the first who does, once', async () => {
  const lease = await hold();
  const orders: string[] = [];
  streams[0]?.say({ event: 'restart' });
  streams[0]?.say({ event: 'stop' });
  // Nothing takes back a stop.
  streams[0]?.say({ event: 'restart' });
  for (const name of ['first', 'second']) lease.onOrder((order) => orders.push(`${name} ${order}`));
  streams[0]?.say({ event: 'restart' });
  expect(orders).toEqual(['first stop', 'second restart']);
  await lease.release();
});

test('a daemon that can not be told does not keep the holder from ending', async () => {
  const lease = await hold();
  refusal = new StyxyError('DAEMON_UNREACHABLE', 'gone');
  await expect(lease.release()).resolves.toBeUndefined();
  await expect.poll(() => streams[0]?.isClosed).toBe(true);
});

test('the holder hears when somebody else ended it, and does not ask again', async () => {
  const lease = await hold();
  const reason = new Promise<string>((resolve) => lease.onLost(resolve));
  streams[0]?.say({ event: 'something new' });
  streams[0]?.say({ event: 'ended', reason: 'released' });
  streams[0]?.end();
  expect(await reason).toBe('released');
  await lease.release();
  expect(verbs()).toEqual(['POST /allocate']);
});

test('after the end of the daemon the same lease is taken up at the next one, with its program', async () => {
  const lease = await hold();
  lease.attach(4711);
  await expect.poll(verbs).toContain('PATCH /allocate/lock-1');
  streams[0]?.end();
  await expect
    .poll(verbs, { timeout: 3000 })
    .toEqual(['POST /allocate', 'PATCH /allocate/lock-1', 'POST /allocate', 'PATCH /allocate/lock-1']);
  expect(asked[2]?.body).toMatchObject({ lock_id: 'lock-1', port: 3000, hold: true });
  expect(asked[3]?.body).toMatchObject({ process_id: 4711 });
  await lease.release();
  await expect.poll(() => streams.map(({ isClosed }) => isClosed)).toEqual([false, true]);
});

test('a daemon that dies before it hears of the program is followed by one loop, not by two', async () => {
  const lease = await hold();
  lease.attach(4711);
  await expect.poll(verbs).toContain('PATCH /allocate/lock-1');
  refuseAttachment = true;
  streams[0]?.end();
  await expect.poll(() => streams.length, { timeout: 3000 }).toBe(2);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(streams.length).toBe(2);
  await lease.release();
});

test('it goes on asking while there is no daemon, until the lease is lost', async () => {
  const lease = await hold();
  const reason = new Promise<string>((resolve) => lease.onLost(resolve));
  refusal = new StyxyError('DAEMON_UNREACHABLE', 'nobody there');
  streams[0]?.end();
  await expect.poll(() => asked.length, { timeout: 3000 }).toBeGreaterThan(2);
  refusal = new StyxyError('LEASE_LOST', 'port 3000 has been leased to another since');
  expect(await reason).toBe('port 3000 has been leased to another since');
});

test('a lease that can not be had is an error', async () => {
  refusal = new StyxyError('RANGE_FULL', 'full');
  await expect(hold()).rejects.toBe(refusal);
});

/** A lease whose holder says its last word while a next daemon is being asked for it; that one answers then. */
async function endedWhileAskedAnew(how: 'release' | 'leave'): Promise<void> {
  let isAsked = false;
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const slow: Connection = {
    ...connection,
    async hold(request) {
      if (streams.length > 0) isAsked = true;
      if (isAsked) await gate;
      return connection.hold(request);
    },
  };
  const lease = await holdLease(slow, { service_type: 'dev' });
  streams[0]?.end();
  await expect.poll(() => isAsked, { timeout: 3000 }).toBe(true);
  isGone = true;
  await lease[how]();
  isGone = false;
  open();
}

test('a lease that is released while it is asked for anew is given back again', async () => {
  await endedWhileAskedAnew('release');
  await expect
    .poll(verbs)
    .toEqual(['POST /allocate', 'DELETE /allocate/lock-1', 'POST /allocate', 'DELETE /allocate/lock-1']);
  expect(streams[1]?.isClosed).toBe(true);
});

test('a lease that is left while it is asked for anew is left again, and not given back', async () => {
  await endedWhileAskedAnew('leave');
  await expect.poll(() => told).toMatchObject([{ method: 'PATCH', body: { adopt: true } }]);
  expect(verbs()).toEqual(['POST /allocate', 'PATCH /allocate/lock-1', 'POST /allocate']);
  await expect.poll(() => streams[1]?.isClosed).toBe(true);
});

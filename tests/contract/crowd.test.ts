import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { guardedDaemon, told } from '../support/guarded-daemon.ts';
import { rawRequest } from '../support/raw-http.ts';

const guarded = guardedDaemon();
const crowd: Socket[] = [];
afterEach(() => crowd.splice(0).forEach((socket) => socket.destroy()));

/** Far more than an answer takes on a busy machine, far less than a lock-out. ms */
const PROMPT_MS = 8000;

async function idle(count: number): Promise<void> {
  const connected = Array.from({ length: count }, () => {
    const socket = connect(guarded.port, '127.0.0.1').on('error', () => undefined);
    crowd.push(socket);
    return new Promise<void>((resolve) => {
      socket.once('connect', () => resolve()).once('close', () => resolve());
    });
  });
  await Promise.all(connected);
}

async function expectPrompt(): Promise<void> {
  const started = Date.now();
  const answer = await guarded.ask('GET', '/status');
  expect(answer?.status).toBe(200);
  expect(Date.now() - started).toBeLessThan(PROMPT_MS);
}

test('three hundred who say nothing keep nobody out who has the token', async () => {
  await idle(300);
  for (let round = 0; round < 10; round += 1) await expectPrompt();
  await idle(300);
  await expectPrompt();
});

test('a thousand bad requests keep nobody out who has the token', async () => {
  const bad = rawRequest('GET', '/status', { ...guarded.good(), authorization: 'Bearer guess' });
  const hammer = async (): Promise<Set<unknown>> => {
    const statuses = new Set<unknown>();
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => guarded.send(bad)));
      for (const answer of answers) statuses.add(told(answer)[0]);
    }
    return statuses;
  };
  const refused = hammer();
  for (let round = 0; round < 20; round += 1) await expectPrompt();
  expect(await refused).toEqual(new Set([401]));
  await expectPrompt();
});

test('a connection that has shown the token stays, however many come after it', async () => {
  const known = connect(guarded.port, '127.0.0.1');
  crowd.push(known);
  let text = '';
  known.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const answers = () => text.match(/HTTP\/1\.1 200/g)?.length ?? 0;
  const ask = async (count: number) => {
    known.write(rawRequest('GET', '/status', guarded.good()));
    while (answers() < count) await new Promise((resolve) => void known.once('data', resolve));
  };
  await ask(1);
  await idle(400);
  await ask(2);
  expect(known.destroyed).toBe(false);
});

test('eight busy sessions with the token are never told to wait', async () => {
  const sessions = Array.from({ length: 8 }, async () => {
    const statuses: (number | undefined)[] = [];
    for (let round = 0; round < 50; round += 1) statuses.push((await guarded.ask('GET', '/status'))?.status);
    return statuses;
  });
  expect(new Set((await Promise.all(sessions)).flat())).toEqual(new Set([200]));
});

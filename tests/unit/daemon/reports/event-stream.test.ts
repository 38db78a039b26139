import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createEventBus } from '../../../../src/daemon/ledger/events.ts';
import { createEventStreams } from '../../../../src/daemon/reports/event-stream.ts';
import { waitFor } from '../../../support/processes.ts';
import { httpOnSocket } from '../../../support/unix-server.ts';

const NOW = Date.parse('2030-06-15T12:00:00Z');

async function watched() {
  const events = createEventBus(() => NOW);
  const streams = createEventStreams(events, () => NOW);
  const socketPath = await httpOnSocket((_, response) => streams.open(response));
  const watch = async (): Promise<IncomingMessage> => {
    const asked = request({ socketPath, path: '/events' }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return response.on('error', () => undefined);
  };
  return { events, streams, watch };
}

test('a watcher who reads nothing is dropped before it fills the memory', async () => {
  const { events, streams, watch } = await watched();
  const deaf = await watch();
  deaf.pause();
  const attentive = await watch();
  let heard = 0;
  attentive.on('data', (chunk: Buffer) => (heard += chunk.length));
  expect(streams.watchers).toBe(2);
  const fact = 'x'.repeat(100_000);
  let sent = 0;
  while (streams.watchers === 2 && sent < 200) {
    events.emit('config_changed', undefined, { fact });
    sent += 1;
    await new Promise(setImmediate);
  }
  await waitFor(() => streams.watchers === 1, 5000, 'the deaf watcher to be dropped');
  events.emit('config_changed', undefined, { last: 'word' });
  await waitFor(() => heard > sent * fact.length, 5000, 'the attentive watcher to have heard all');
  attentive.destroy();
  await waitFor(() => streams.watchers === 0, 5000, 'nobody to watch');
  events.emit('config_changed');
});

test('an event is one block, whatever line ends and letters its facts have', async () => {
  const { events, watch } = await watched();
  const response = await watch();
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  events.emit('config_refused', undefined, { why: 'a\r\n\r\nevent: released\n\u2028ü' });
  await waitFor(() => text.includes('config_refused'), 5000, 'the event');
  const block = text.split('\n\n').find((each) => each.includes('config_refused')) ?? '';
  expect(block.split('\n')).toHaveLength(2);
  expect(JSON.parse(block.split('\ndata: ')[1] ?? '')).toEqual({
    event: 'config_refused',
    time: '2030-06-15T12:00:00.000Z',
    why: 'a\r\n\r\nevent: released\n\u2028ü',
  });
  response.destroy();
});

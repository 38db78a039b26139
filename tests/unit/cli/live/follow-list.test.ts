import { EventEmitter, once } from 'node:events';
import { dirname } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createConnection } from '../../../../src/client/connection.ts';
import { listenForEnd } from '../../../../src/cli/live/end.ts';
import { followList } from '../../../../src/cli/live/follow-list.ts';
import { styxyPaths } from '../../../../src/system/paths.ts';
import { httpOnSocket, socketPath } from '../../../support/unix-server.ts';

test.each(['/events', '/allocations'])('the end waits for no answer: %s', async (silent) => {
  const socket = socketPath();
  const env = { STYXY_HOME: dirname(socket) };
  const paths = { ...styxyPaths(env), socket };
  const daemon = new EventEmitter();
  const asked = once(daemon, 'asked');
  const givenUp = once(daemon, 'given up');
  await httpOnSocket(({ url = '' }, response) => {
    if (url.split('?')[0]?.endsWith(silent)) {
      response.once('close', () => daemon.emit('given up'));
      return daemon.emit('asked');
    }
    return response.writeHead(200).write('event: hello\n');
  }, socket);
  const end = listenForEnd();
  try {
    const connection = createConnection({ paths, env, autostart: false });
    const nothing = { onAnswer: () => undefined, onLost: () => undefined };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const followed = followList({ connection, paths, env }, {}, nothing, end);
    await asked;
    end.finish(0);
    expect(await followed).toBe(0);
    await givenUp;
  } finally {
    vi.useRealTimers();
    end.forget();
  }
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lastLogLines } from '../../../src/client/spawn-daemon.ts';
import { createConnection } from '../../../src/client/connection.ts';
import { stopDaemon } from '../../../src/client/stop-daemon.ts';
import { styxyPaths, type Paths } from '../../../src/system/paths.ts';
import type { PidFile } from '../../../src/system/pid-file.ts';
import { bootId } from '../../../src/system/process/identity.ts';
import { tempDir } from '../../support/temp.ts';
import { httpOnSocket } from '../../support/unix-server.ts';

function home(): Paths {
  const folder = tempDir();
  onTestFinished(folder.remove);
  return styxyPaths({ STYXY_HOME: folder.path });
}

function pidFile(paths: Paths, own: Partial<PidFile>): void {
  const file = {
    pid: process.pid,
    start_time: '1',
    boot_id: bootId(),
    nonce: 'n',
    version: '1',
    started_at: '',
    socket: paths.socket,
  };
  writeFileSync(paths.pid, JSON.stringify({ ...file, ...own }));
}

const connect = (paths: Paths) => createConnection({ paths, env: {}, autostart: false });
const status = { method: 'GET', path: '/status' };

describe('a connection that may not start a daemon', () => {
  test('says that none is running, and how to start it', async () => {
    const paths = home();
    const problem = {
      code: 'DAEMON_UNREACHABLE',
      message: 'the daemon is not running',
      hint: 'unset STYXY_NO_DAEMON, or run styxy daemon run yourself',
      why: expect.stringContaining(paths.socket),
      details: { running: false },
    };
    await expect(connect(paths).call(status)).rejects.toMatchObject(problem);
    await expect(connect(paths).hold(status)).rejects.toMatchObject(problem);
  });

  test('asks where the pid file says the socket is', async () => {
    const paths = home();
    pidFile(paths, { socket: await httpOnSocket((_, response) => void response.end('{"from":"there"}')) });
    expect(await connect(paths).call(status)).toEqual({ from: 'there' });
  });

  test('asks at the usual place when the pid file says nothing', async () => {
    const paths = home();
    writeFileSync(paths.pid, 'rubbish');
    await httpOnSocket((_, response) => void response.end('{"from":"home"}'), paths.socket);
    expect(await connect(paths).call(status)).toEqual({ from: 'home' });
  });

  test('asks again when the daemon is about to leave', async () => {
    const paths = home();
    let asked = 0;
    await httpOnSocket((_, response) => {
      const leaving = {
        success: false,
        error: { code: 'DAEMON_STOPPING', message: 'm', why: null, hint: 'h', details: {} },
      };
      response.writeHead((asked += 1) < 3 ? 503 : 200).end(JSON.stringify(asked < 3 ? leaving : { asked }));
    }, paths.socket);
    expect(await connect(paths).call(status)).toEqual({ asked: 3 });
  });

  test('does not ask again when the answer is a refusal', async () => {
    const paths = home();
    let asked = 0;
    await httpOnSocket((_, response) => {
      asked += 1;
      const refused = {
        success: false,
        error: { code: 'FORBIDDEN', message: 'no', why: null, hint: 'h', details: {} },
      };
      response.writeHead(403).end(JSON.stringify(refused));
    }, paths.socket);
    await expect(connect(paths).call(status)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(asked).toBe(1);
  });
});

describe('stopping a daemon', () => {
  test('finds none where none is', async () => {
    expect(await stopDaemon(home())).toBeUndefined();
  });

  test.each([
    ['whose pid is used by another process now', {}],
    ['of an earlier boot', { boot_id: 'earlier' }],
  ])('never signals a process named by a file %s', async (_, own) => {
    const paths = home();
    // The pid is this very test's: a signal would be the end of it.
    pidFile(paths, own);
    expect(await stopDaemon(paths)).toBeUndefined();
  });
});

test('the last lines of the log are shown, if there are any', () => {
  const paths = home();
  expect(lastLogLines(paths)).toEqual([]);
  mkdirSync(dirname(paths.log));
  writeFileSync(paths.log, 'a\nb\nc\nd\n');
  expect(lastLogLines(paths)).toEqual(['b', 'c', 'd']);
  expect(lastLogLines(paths, 1)).toEqual(['d']);
});

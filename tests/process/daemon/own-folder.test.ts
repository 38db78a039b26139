import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { portServer } from '../../support/port-server.ts';
import { childrenOf } from '../../support/processes.ts';

const O_ACCMODE = 3;

describe.skipIf(process.platform !== 'linux')('what Styxy leaves on the machine', () => {
  const home = styxyHome();

  /** Regular files that a process has open for writing. */
  function writtenBy(pid: number): string[] {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).flatMap((fd) => {
      try {
        const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1];
        const isWritable = (Number.parseInt(flags ?? '0', 8) & O_ACCMODE) !== 0;
        return isWritable && statSync(join(folder, fd)).isFile() ? [readlinkSync(join(folder, fd))] : [];
      } catch {
        return [];
      }
    });
  }

  test('lies in its own folder: no file anywhere else, and no process besides the daemon', async () => {
    const [temp, other] = [join(home.place, 'temp'), join(home.place, 'xdg')];
    for (const folder of [temp, other]) mkdirSync(folder);
    const env = {
      TMPDIR: temp,
      XDG_RUNTIME_DIR: other,
      XDG_CONFIG_HOME: other,
      XDG_CACHE_HOME: other,
      XDG_STATE_HOME: other,
    };
    const cwd = join(home.place, 'project');
    mkdirSync(cwd);
    const server = ['--', process.execPath, portServer];
    const lines = [
      ['run', '--', 'true'],
      ['run', '--detach', '--wait', '--name', 'web', ...server],
      ['allocate', '--type', 'made-for-this', '--ttl', '1m'],
      ['list', '--external'],
      ['scan'],
      ['audit'],
      ['doctor'],
      ['daemon', 'restart'],
      ['stop', 'web'],
    ];
    for (const words of lines) {
      const exit = await home.cli(words, { env, cwd });
      expect(exit.code, exit.story).toBe(0);
    }
    for (const folder of [temp, other, cwd]) expect(readdirSync(folder, { recursive: true })).toEqual([]);
    expect(readdirSync(home.place).toSorted()).toEqual(['project', 'temp', 'xdg']);

    const [daemon = NaN] = home.daemons();
    const files = writtenBy(daemon);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !file.startsWith(`${home.path}/`))).toEqual([]);
    expect(childrenOf(daemon)).toEqual([]);
  });
});

describe('a program that listens where a daemon could be reached by TCP', () => {
  const home = styxyHome();

  test('hears nothing from any command, with a daemon and without one', async () => {
    const heard: string[] = [];
    const connections: number[] = [];
    const server = createServer((socket) => {
      connections.push(1);
      socket.on('data', (bytes) => heard.push(bytes.toString())).on('error', () => undefined);
      socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"running":true,"pid":1}');
    });
    const port = home.ports.last;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const at = { STYXY_HTTP_PORT: String(port) };
    for (const words of [['status'], ['list'], ['allocate', '--type', 'dev', '--ttl', '1m']]) {
      const exit = await home.cli(words, { env: { ...at, STYXY_NO_DAEMON: '1' } });
      expect(exit.code, exit.story).toBe(words[0] === 'status' ? 1 : 69);
    }
    expect(connections).toEqual([]);
    for (const words of [
      ['daemon', 'start'],
      ['status'],
      ['list'],
      ['doctor'],
      ['allocate', '--type', 'dev'],
    ])
      await home.cli(words, { env: at });
    expect(home.daemons().length).toBe(1);
    expect(heard).toEqual([]);
    server.close();
  });
});

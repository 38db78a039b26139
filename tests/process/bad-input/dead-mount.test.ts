import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { styxyHome } from '../../support/home.ts';
import { openMountSpace } from '../../support/mount-space.ts';

describe.skipIf(process.platform !== 'linux')('a disk that never answers', () => {
  const home = styxyHome();

  test('below the folder of a program that listens: every command ends and tells the program', async ({
    skip,
  }) => {
    const port = home.ports.last;
    const app = join(home.place, 'app');
    mkdirSync(app);
    const program = `require('http').createServer().listen(${port}, () => require('fs').writeFileSync('../started', String(process.pid)))`;
    // A file system whose server has opened its device and reads nothing of it.
    const space = await openMountSpace(
      [
        `cd ${app}; ${process.execPath} -e "${program}" &\n cd /`,
        `while ! test -s ${home.place}/started; do sleep 0.1; done`,
        `exec 3<>/dev/fuse; mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 dead ${app}`,
      ].join('; '),
    );
    if (typeof space === 'string') {
      skip(space);
      return;
    }
    const server = Number(readFileSync(join(home.place, 'started'), 'utf8'));
    onTestFinished(() => void process.kill(server, 'SIGKILL'));
    const via = space.via(home.place);
    for (const args of [['list', '--external'], ['whose', String(port)], ['scan'], ['doctor']]) {
      const exit = await home.cli(args, { via });
      expect(exit.code, exit.story).toBe(0);
      expect(exit.stdout).toContain(String(port));
      expect((await home.api.status()).pid).toBe(home.daemon()?.pid);
      if (args[0] === 'doctor') expect(exit.stdout).toContain('app was not read, its disk does not answer');
    }
    const run = await home.cli(['run', '--', 'sh', '-c', 'exit 3'], { via });
    expect({ code: run.code, stderr: run.stderr }, run.story).toEqual({ code: 3, stderr: '' });
    const stop = await home.cli(['daemon', 'stop'], { via });
    expect(stop.code, stop.story).toBe(0);
    expect(home.daemons()).toEqual([]);
  });
});

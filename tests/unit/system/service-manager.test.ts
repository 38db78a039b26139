import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { launchd, renderAgent } from '../../../src/system/service-manager/launchd.ts';
import type { ServiceProgram } from '../../../src/system/service-manager/service.ts';
import { parseShow, renderUnit, systemd } from '../../../src/system/service-manager/systemd.ts';
import { tempDir } from '../../support/temp.ts';

const program: ServiceProgram = {
  name: 'styxy',
  description: 'a daemon',
  command: ['/opt/no de/bin/node', '/opt/$tyxy/bin.js', 'daemon', 'run', '50%', 'a"b\\c'],
  env: { STYXY_HOME: '/home/me/$HOME %h "x"', STYXY_LOG: 'debug' },
  log: '/home/me/.styxy/logs/daemon.log',
};

describe('a systemd unit', () => {
  const unit = renderUnit(program, { watchdog: true });
  const lines = unit.split('\n');

  test('starts the program with exactly its words', () => {
    expect(lines).toContain(
      'ExecStart="/opt/no de/bin/node" "/opt/$$tyxy/bin.js" "daemon" "run" "50%%" "a\\"b\\\\c"',
    );
    expect(lines).toContain('Environment="STYXY_HOME=/home/me/$HOME %%h \\"x\\""');
    expect(lines).toContain('Environment="STYXY_LOG=debug"');
  });

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  test.skipIf(!hasSystemd)('is one that systemd understands, whatever stands in the paths', () => {
    const { path: place, remove } = tempDir();
    onTestFinished(remove);
    const names = [
      'a"b',
      "it's",
      'a%hb',
      '$HOME ${x}',
      'a\\b',
      'a\\',
      'a\rb',
      'a\nb',
      'a\tb',
      ';#',
      'ü端\u202e',
      ' a ',
      '\u007f',
      '-x=y',
    ];
    const files = names.map((name, index) => {
      const folder = join(place, name);
      mkdirSync(folder);
      writeFileSync(join(folder, 'node'), '', { mode: 0o755 });
      const command = [join(folder, 'node'), join(folder, 'styxy.js'), 'daemon', 'run'];
      const file = join(place, `u${index}.service`);
      writeFileSync(
        file,
        renderUnit({ ...program, command, env: { STYXY_HOME: folder } }, { watchdog: true }),
      );
      return file;
    });
    const broken = join(place, 'broken.service');
    writeFileSync(broken, readFileSync(files[0]!, 'utf8').replace('ExecStart=', 'ExecStart=no-path '));
    const env = { ...process.env, HOME: place, XDG_RUNTIME_DIR: place };
    const words = ['verify', '--user', broken, ...files];
    const { stderr } = spawnSync('systemd-analyze', words, { encoding: 'utf8', env });
    expect(stderr).toContain('broken.service');
    for (const [index, name] of names.entries())
      expect(stderr, JSON.stringify(name)).not.toContain(`u${index}.service`);
  });

  test('replaces it after a crash or silence, not after a clean end, and starts at login', () => {
    for (const line of ['Restart=on-failure', 'StartLimitIntervalSec=0', 'WatchdogSec=60', 'Type=notify'])
      expect(lines).toContain(line);
    expect(lines).toContain('NotifyAccess=all');
    expect(lines).toContain('WantedBy=default.target');
  });

  test('asks for no sign of life where nothing could give it', () => {
    const silent = renderUnit(program, { watchdog: false });
    expect(silent).not.toMatch(/Watchdog|notify/i);
    expect(silent).toContain('Type=exec');
    expect(systemd('styxy', { HOME: '/h', PATH: '/nowhere' }).render(program)).toBe(silent);
  });

  test("lies where systemd looks for the user's units", () => {
    expect(systemd('styxy', { HOME: '/h' }).path).toBe('/h/.config/systemd/user/styxy.service');
    expect(systemd('styxy', { HOME: '/h', XDG_CONFIG_HOME: '/c' }).path).toBe(
      '/c/systemd/user/styxy.service',
    );
  });
});

test.each([
  ['ActiveState=active\nUnitFileState=enabled\nMainPID=42\n', { active: true, enabled: true, pid: 42 }],
  [
    'MainPID=0\nActiveState=failed\nUnitFileState=disabled\n',
    { active: false, enabled: false, pid: undefined },
  ],
  ['MainPID=7\nActiveState=activating\nUnitFileState=\n', { active: true, enabled: false, pid: 7 }],
  [undefined, { active: undefined, enabled: undefined, pid: undefined }],
])('`systemctl show` that prints %j is understood', (text, shown) => {
  expect(parseShow(text)).toEqual(shown);
});

describe('a launchd agent', () => {
  const agent = renderAgent('dev.styxy.daemon', { ...program, env: { STYXY_HOME: '/a & b/<c>' } });

  test('is a property list whose tags are closed, in their order', () => {
    const open: string[] = [];
    for (const [, slash, name = '', self] of agent.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
      if (slash) expect(open.pop()).toBe(name);
      else if (!self) open.push(name);
    }
    expect(open).toEqual([]);
    expect(agent).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>/);
  });

  test('has the words, the environment and when to start again', () => {
    const strings = [...agent.matchAll(/<string>(.*?)<\/string>/g)].map(([, text]) => text);
    expect(strings).toEqual([
      'dev.styxy.daemon',
      ...program.command,
      '/a &amp; b/&lt;c&gt;',
      'Background',
      program.log,
      program.log,
    ]);
    expect(agent).toMatch(/<key>KeepAlive<\/key>\s*<dict>\s*<key>SuccessfulExit<\/key>\s*<false\/>/);
    expect(agent).toMatch(/<key>RunAtLoad<\/key>\s*<true\/>/);
  });

  test("lies among the user's agents", () => {
    const manager = launchd('styxy', { HOME: '/Users/me' }, 501);
    expect(manager.path).toBe('/Users/me/Library/LaunchAgents/dev.styxy.daemon.plist');
    expect(manager.startCommand).toBe(`launchctl bootstrap gui/501 ${manager.path}`);
  });
});

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { completionScript } from '../../../src/cli/completion.ts';
import { createContext } from '../../../src/cli/context.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { callAndHold } from '../../../src/client/transport.ts';
import { openConfigStore } from '../../../src/daemon/config/store.ts';
import { createFileLogger } from '../../../src/daemon/reports/log.ts';
import { parseUserConfig } from '../../../src/settings/parse.ts';
import { tempDir } from '../../support/temp.ts';
import { httpOnSocket } from '../../support/unix-server.ts';

const folder = () => {
  const made = tempDir();
  onTestFinished(made.remove);
  return made.path;
};

describe('a held answer', () => {
  test('keeps lines for a listener that comes later', { timeout: 2000 }, async () => {
    const path = await httpOnSocket(
      (_, response) => void response.write('{"port":3000}\n{"event":"ended"}\n'),
    );
    const stream = await callAndHold(path, { method: 'GET', path: '/' });
    expect(await new Promise((resolve) => stream.onLine(resolve))).toEqual({ event: 'ended' });
  });
  test('tells an end that came with the first line', { timeout: 2000 }, async () => {
    const path = await httpOnSocket((_, response) => void response.end('{"port":3000}\n'));
    const stream = await callAndHold(path, { method: 'GET', path: '/' });
    await new Promise<void>((resolve) => stream.onEnd(resolve));
  });
});

describe('notices about the configuration', () => {
  test('name the file and the mistake', () => {
    const path = join(folder(), 'config.json');
    writeFileSync(path, '{oops');
    expect(openConfigStore(path).notices()).toEqual([expect.stringContaining(path)]);
    writeFileSync(path, '{"service_typs":{}}');
    expect(openConfigStore(path).notices()).toEqual([
      expect.stringContaining('did you mean "service_types"?'),
    ]);
  });
  test('a list is no configuration', () => {
    expect(() => parseUserConfig([], 'f')).toThrow();
  });
});

test('a log folder that is a file is no reason of a failure', () => {
  const path = join(folder(), 'logs', 'daemon.log');
  writeFileSync(dirname(path), '');
  createFileLogger(path, undefined).error('event');
});

test('names of every object are no shells', () => {
  const program = createProgram(createContext({}, '/'), () => undefined);
  for (const shell of ['toString', '__proto__', 'constructor']) {
    expect(() => completionScript(program, shell)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  }
});

import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type {
  CheckAnswer,
  ListAnswer,
  SuggestAnswer,
  ScanAnswer,
} from '../../../src/protocol/answers/ports.ts';
import { styxyHome } from '../../support/home.ts';
import { becomeNobody, NOBODY, whyNoOtherUser } from '../../support/other-user.ts';
import { startOutsider } from '../../support/outsider.ts';

describe.skipIf(whyNoOtherUser())("another user's listener (root on Linux can be two users)", () => {
  const home = styxyHome();

  test('is "taken by another user" in every answer, and never free', async () => {
    const { via, bin, folder, remove } = becomeNobody();
    onTestFinished(remove);
    const options = { via, bin, cwd: '/', env: { STYXY_HOME: folder, HOME: folder } };
    const { first: port, last } = home.ports;
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ service_types: { dev: { port_range: [port, last] } } }));
    chownSync(config, NOBODY, NOBODY);
    await startOutsider(port, '127.0.0.1');
    try {
      const check = await home.cli(['check', String(port), '--json'], options);
      expect(check.code, check.story).toBe(1);
      const checked: CheckAnswer = JSON.parse(check.stdout);
      expect(checked).toMatchObject({
        available: false,
        listener: { address: '127.0.0.1', pid: null, command: null, user: 'root', started_at: null },
        reason: 'taken by another user (root)',
      });
      const whose = await home.cli(['whose', String(port)], options);
      expect(whose.stdout).toContain('taken by another user (root)');
      const { external } = await home.json<ListAnswer>(['list', '--external'], options);
      expect(external).toContainEqual(expect.objectContaining({ port, pid: null, user: 'root' }));
      expect((await home.cli(['list', '--external'], options)).stdout).toContain('a program of root');
      const { ports } = await home.json<ScanAnswer>(['scan', '--range', String(port)], options);
      expect(ports).toMatchObject([{ port, state: 'external', listeners: [{ pid: null, user: 'root' }] }]);
      const { suggestions } = await home.json<SuggestAnswer>(['suggest', 'dev', '--count', '5'], options);
      expect(suggestions).not.toContain(port);
      expect((await home.cli(['allocate', '--type', 'dev', '--port', String(port)], options)).code).toBe(75);
    } finally {
      await home.cli(['daemon', 'stop'], options);
    }
  });
});

import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { copyExample, ROOT } from '../support/project.ts';
import { boundLease, end, textAt } from '../support/servers.ts';
import { AGENTS, AGENTS_BIN, CLAUDE, editSettings, install, startSession, type Session } from './sessions.ts';

const DEMO = { command: 'npm run demo', inBackground: true };
const LONG = { command: 'sleep 50' };
const LIMIT_MS = 60_000;
const ASKED = { allow: ['Bash'], ask: ['Bash(npm run demo)'] };

describe.skipIf(AGENTS_BIN === undefined)('the real agents (npm run e2e:agents fetches them)', () => {
  const home = styxyHome();
  const project = (name: string): string => copyExample('port-8000', join(home.place, name));
  const leases = async (): Promise<Allocation[]> =>
    (await home.api.list().catch(() => ({ allocations: [] }))).allocations;

  /** What the session has started, when it listens on its lease. */
  const served = (session: Session, folder: string): Promise<Allocation> =>
    waitFor(
      async () =>
        (await leases()).find(({ project_path: path, state }) => path === folder && state === 'bound'),
      LIMIT_MS,
      () => `a lease in ${folder}: ${session.api.results.join('\n')} ${session.agent.stderr().slice(-2000)}`,
    );

  const allGone = (lease: Allocation): Promise<boolean> =>
    waitFor(
      async () =>
        !lease.listeners.some(({ pid }) => pid !== null && isAlive(pid)) &&
        !(await leases()).some(({ lock_id: id }) => id === lease.lock_id),
      LIMIT_MS,
      `the server on ${lease.port} to end with its agent`,
    );

  describe.each(AGENTS.map((agent) => ({ ...agent, agent })))('$name', ({ agent, name, prefix }) => {
    test('a server behind a script is leased in its name, on another port when 8000 is taken, in the background', async () => {
      const outsider = await startOutsider(8000, '127.0.0.1').catch(() => undefined);
      const folder = project(`${name}-taken`);
      await install(agent, home);
      await using session = await startSession(agent, [DEMO, LONG], { home, cwd: folder });
      const lease = await served(session, folder);
      expect(lease.port).not.toBe(8000);
      expect(lease.instance_id).toMatch(new RegExp(`^${prefix}-`));
      expect(await textAt(lease.url)).toContain('<title>Port 8000</title>');
      // The agent has gone on while it runs: the second step is asked for.
      await waitFor(() => session.api.results.length > 0, LIMIT_MS, 'the agent to go on');
      session.agent.process.kill('SIGKILL');
      await allGone(lease);
      await outsider?.end();
    });

    test.each(['its own end', 'SIGTERM'] as const)('no server is left after %s', async (how) => {
      const folder = project(`${name}-${how.replaceAll(' ', '-')}`);
      await install(agent, home);
      // Claude Code waits for what it has put into the background itself.
      const left = { command: 'nohup npm run demo > /dev/null 2>&1 & sleep 4' };
      const steps =
        how === 'SIGTERM' ? [DEMO, LONG] : [agent === CLAUDE ? left : DEMO, { command: 'sleep 5' }];
      await using session = await startSession(agent, steps, { home, cwd: folder });
      const lease = await served(session, folder);
      if (how === 'SIGTERM') session.agent.process.kill('SIGTERM');
      else await session.agent.finished(LIMIT_MS);
      await allGone(lease);
    });

    test("it can't end the server of a person", async () => {
      const folder = project(`${name}-person`);
      await install(agent, home);
      const run = home.start(['run', '--', 'npm', 'run', 'demo'], { cwd: folder });
      const lease = await boundLease(home, run, folder);
      const kill = { command: `kill $(lsof -ti:${lease.port}) || fuser -k ${lease.port}/tcp` };
      await using session = await startSession(agent, [kill, { command: 'true' }], { home, cwd: folder });
      await waitFor(() => session.api.requests.length > 1, LIMIT_MS, 'the answer of the first step');
      expect(session.api.requests.at(-1)).toContain("leased by a person's shell");
      expect(await textAt(lease.url)).toContain('<title>Port 8000</title>');
      await end(run, lease);
    });

    test("two sessions can't end each other's servers", async () => {
      const folders = [project(`${name}-one`), project(`${name}-two`)] as const;
      await install(agent, home);
      await using one = await startSession(agent, [DEMO, LONG], { home, cwd: folders[0] });
      const first = await served(one, folders[0]);
      const kill = { command: `fuser -k ${first.port}/tcp || kill $(lsof -ti:${first.port})` };
      await using two = await startSession(agent, [DEMO, kill, LONG], { home, cwd: folders[1] });
      const second = await served(two, folders[1]);
      expect(second.instance_id).not.toBe(first.instance_id);
      await waitFor(() => two.api.results.length > 1, LIMIT_MS, 'the answer of the second step');
      expect(two.api.results[1]).toContain(`leased by session ${first.instance_id} in ${folders[0]}`);
      for (const { url } of [first, second]) expect(await textAt(url)).toContain('<title>Port 8000</title>');
      for (const session of [one, two]) session.agent.process.kill('SIGTERM');
      for (const lease of [first, second]) await allGone(lease);
    });

    test.each([
      ['not there', () => '/nowhere'],
      ['broken', brokenStyxy],
    ])('a Styxy that is %s changes nothing', async (what, place) => {
      // Another one when the test is tried again.
      const folder = mkdtempSync(join(home.place, `${name}-${what.replace(' ', '-')}-`));
      await install(agent, home);
      const hook = `${place()}/hooks/hook.sh`;
      editSettings(agent, home, (text) => text.replaceAll(/[^" ]*\/hooks\/hook\.sh/g, hook));
      const port = home.ports.last;
      const server = { command: `python3 -m http.server ${port}`, inBackground: true };
      await using session = await startSession(agent, [server, LONG], { home, cwd: folder });
      await waitFor(
        () => textAt(`http://127.0.0.1:${port}`).catch(() => ''),
        LIMIT_MS,
        'the server as it was asked for',
      );
      expect(await leases()).toEqual([]);
      session.agent.process.kill('SIGTERM');
      await session.agent.finished(LIMIT_MS);
    });
  });

  /** An installation whose shell part is whole, and whose code is not. */
  function brokenStyxy(): string {
    const place = join(home.place, 'broken');
    mkdirSync(join(place, 'dist'), { recursive: true });
    cpSync(join(ROOT, 'hooks'), join(place, 'hooks'), { recursive: true });
    writeFileSync(join(place, 'dist/hook.cjs'), 'process.stdout.write("{"); throw new Error("broken");');
    return place;
  }

  describe('rules of a user of claude-code', () => {
    /** Our hooks, and nothing else of an earlier test. */
    const settings = (own: object) => (text: string) =>
      JSON.stringify({ hooks: (JSON.parse(text) as { hooks: object }).hooks, ...own });

    test('what is excluded from the sandbox stays excluded, as it was written', async () => {
      const folder = project('excluded');
      await install(CLAUDE, home);
      const sandbox = { enabled: true, excludedCommands: ['npm run *'] };
      editSettings(CLAUDE, home, settings({ sandbox }));
      await using session = await startSession(CLAUDE, [DEMO, LONG], { home, cwd: folder });
      await waitFor(
        async () => (await textAt('http://127.0.0.1:8000').catch(() => '')).includes('Port 8000'),
        LIMIT_MS,
        'the server on the port that its script says',
      );
      expect(await leases()).toEqual([]);
      session.agent.process.kill('SIGTERM');
      await session.agent.finished(LIMIT_MS);
    });

    const asked = ['-p', 'go'];

    test.each([
      ['what is denied is not run', { deny: ['Bash(npm run demo)'] }, false],
      ['what is to be asked is not run without an answer', ASKED, false],
      ['what is not allowed is not run', { allow: ['Bash(ls *)'] }, false],
      ['what is allowed is run without a question', { allow: ['Bash(npm run demo)'] }, true],
    ])('%s', async (what, permissions, runs) => {
      const folder = project(what.replaceAll(' ', '-'));
      await install(CLAUDE, home);
      editSettings(CLAUDE, home, settings({ permissions }));
      await using session = await startSession(CLAUDE, [DEMO], { home, cwd: folder, args: asked });
      if (runs) {
        const lease = await served(session, folder);
        session.agent.process.kill('SIGTERM');
        await allGone(lease);
      } else {
        await session.agent.finished(LIMIT_MS);
        expect(session.api.results.join()).toMatch(/denied|permission|approval/i);
        expect(await leases()).toEqual([]);
      }
    });
  });
});

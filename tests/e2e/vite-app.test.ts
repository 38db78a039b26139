import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startOutsider } from '../support/outsider.ts';
import { styxyHome } from '../support/home.ts';
import { copyExample, npmInstall, writeProject } from './support/project.ts';
import { boundLease, end, isFree, textAt } from './support/servers.ts';

/** Vite's. */
const USUAL_PORT = 5173;
const OWN_PORT = 5199;

describe('the vite-app example', () => {
  const home = styxyHome();
  let project = '';

  beforeAll(async () => {
    project = copyExample('vite-app', join(home.place, 'app'));
    await npmInstall(project, []);
    const scripts = { dev: 'vite', fixed: `vite --port ${OWN_PORT}` };
    writeProject(project, { 'package.json': { name: 'app', private: true, type: 'module', scripts } });
  });

  async function portOf(...command: string[]): Promise<{ port: number; stderr: string }> {
    const run = home.start(['run', '--', ...command], { cwd: project });
    const lease = await boundLease(home, run, project);
    expect(lease.listeners.map(({ port }) => port)).toEqual([lease.port]);
    expect(await textAt(lease.url)).toContain('This page came from port');
    expect(await textAt(`${lease.url}/src/main.js`)).toContain('location.port');
    await end(run, lease);
    return { port: lease.port, stderr: run.stderr() };
  }

  test('listens on its usual port when it is started by `npm run dev`, as without Styxy, if that is free', async () => {
    const isUsualFree = await isFree(USUAL_PORT);
    const { port } = await portOf('npm', 'run', 'dev');
    if (isUsualFree) expect(port).toBe(USUAL_PORT);
    else expect(port).toBe(home.ports.first);
  });

  test('listens on a port of its type when it is started by `npx vite` and the usual one is taken', async () => {
    const outsider = await startOutsider(USUAL_PORT, '127.0.0.1').catch(() => undefined);
    const { port } = await portOf('npx', 'vite');
    await outsider?.end();
    expect(port).toBeGreaterThanOrEqual(home.ports.first);
    expect(port).toBeLessThanOrEqual(home.ports.last);
  });

  test(`takes the ${OWN_PORT} of its script when it is free, and another port when it is not`, async () => {
    if (await isFree(OWN_PORT)) expect((await portOf('npm', 'run', 'fixed')).port).toBe(OWN_PORT);
    const outsider = await startOutsider(OWN_PORT, '127.0.0.1').catch(() => undefined);
    const { port, stderr } = await portOf('npm', 'run', 'fixed');
    expect(port).toBeGreaterThanOrEqual(home.ports.first);
    expect(port).toBeLessThanOrEqual(home.ports.last);
    expect(stderr).toContain(`, so fixed runs on http://localhost:${port}`);
    await outsider?.end();
  });
});

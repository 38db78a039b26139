import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { CheckAnswer, ListAnswer, SuggestAnswer } from '../../../src/protocol/allocation.ts';
import type { ScanAnswer } from '../../../src/protocol/scan.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { tempDir } from '../../support/temp.ts';

/** The firewall leads such a port into the container: nothing listens, and every bind works. */
describe('a port that a container publishes, without a listener to see', () => {
  const home = styxyHome();
  const made: { server?: Server; remove?: () => void; env: Record<string, string> } = { env: {} };
  const container = () => ({
    Id: '8dfafdbc3a40f1',
    Names: ['/web-1'],
    Image: 'nginx:1.27',
    Created: 1_763_715_600,
    Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: home.ports.first, Type: 'tcp' }],
    Labels: {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': 'web',
      'com.docker.compose.project.working_dir': home.place,
    },
  });

  beforeAll(async () => {
    const folder = tempDir();
    const path = join(folder.path, 'docker.sock');
    const server = createServer((_, response) => void response.end(JSON.stringify([container()])));
    await new Promise<void>((resolve) => void server.listen(path, resolve));
    Object.assign(made, { server, remove: folder.remove, env: { DOCKER_HOST: `unix://${path}` } });
  });
  afterAll(() => {
    made.server?.close();
    made.server?.closeAllConnections();
    made.remove?.();
  });

  test('is never leased, suggested or run on, and everybody can ask whose it is', async () => {
    const port = home.ports.first;
    const { env } = made;
    const granted = await home.json<{ port: number }>(['allocate', '--type', 'dev', '--prefer', `${port}`], {
      env,
    });
    expect(granted.port).not.toBe(port);
    expect((await home.cli(['allocate', '--type', 'dev', '--port', `${port}`], { env })).code).toBe(75);

    const words = 'held by container web-1 (compose project shop)';
    const check = await home.cli(['check', `${port}`, '--json'], { env });
    expect(check.code, check.story).toBe(1);
    const checked: CheckAnswer = JSON.parse(check.stdout);
    const shown = { container: { name: 'web-1', compose_project: 'shop', compose_service: 'web' } };
    expect(checked).toMatchObject({ available: false, allocation: null, listener: shown, reason: words });

    expect(await home.json(['whose', `${port}`])).toMatchObject({
      ...shown,
      project_path: home.place,
      since: '2025-11-21T09:00:00.000Z',
    });
    const told = await home.cli(['whose', `${port}`]);
    expect(told.stdout).toContain('container web-1 (compose project shop), image nginx:1.27');

    const { external } = await home.json<ListAnswer>(['list', '--external']);
    expect(external.filter((each) => each.port === port)).toMatchObject([shown]);
    expect((await home.cli(['list', '--external'])).stdout).toContain(
      'container web-1 (compose project shop)',
    );
    const { ports } = await home.json<ScanAnswer>(['scan', '--range', `${port}`]);
    expect(ports).toMatchObject([{ port, state: 'external', listeners: [shown], project_path: home.place }]);
    const { suggestions } = await home.json<SuggestAnswer>(['suggest', 'dev', '--count', '100']);
    expect(suggestions).not.toContain(port);
    const planned = await home.json<{ port: number }>(['run', '--dry-run', '--prefer', `${port}`, '--', 'x']);
    expect(planned.port).not.toBe(port);
  });

  test('is told from a program that listens on the same port', async () => {
    const port = home.ports.first;
    const outsider = await startOutsider(port, '127.0.0.1');
    const { ports } = await home.json<ScanAnswer>(['scan', '--range', `${port}`]);
    expect(ports[0]?.listeners).toMatchObject([
      { address: '127.0.0.1', pid: outsider.pid, container: null },
      { address: '0.0.0.0', pid: null, container: { name: 'web-1' } },
    ]);
  });
});

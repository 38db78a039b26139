import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type {
  CheckAnswer,
  ListAnswer,
  SuggestAnswer,
  ScanAnswer,
} from '../../../src/protocol/answers/ports.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';
import { tempDir } from '../../support/temp.ts';

/** What answers like a Docker engine with these containers. */
async function startEngine(containers: () => unknown[]) {
  const folder = tempDir();
  const path = join(folder.path, 'docker.sock');
  const server = createServer((_, response) => void response.end(JSON.stringify(containers())));
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  return {
    env: { DOCKER_HOST: `unix://${path}` },
    end() {
      server.close();
      server.closeAllConnections();
      folder.remove();
    },
  };
}

/** The firewall leads such a port into the container: nothing listens, and every bind works. */
describe('a port that a container publishes, without a listener to see', () => {
  const home = styxyHome();
  const made: { end?: () => void; env: Record<string, string> } = { env: {} };
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

  beforeAll(async () => void Object.assign(made, await startEngine(() => [container()])));
  afterAll(() => made.end?.());

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
    const listeners = async () =>
      (await home.json<ScanAnswer>(['scan', '--range', `${port}`])).ports[0]?.listeners;
    // One observation answers all who ask within a moment.
    await expect.poll(listeners, { timeout: 10_000 }).toMatchObject([
      { address: '127.0.0.1', pid: outsider.pid, container: null },
      { address: '0.0.0.0', pid: null, container: { name: 'web-1' } },
    ]);
  });
});

describe('a leased port that a container publishes', () => {
  const home = styxyHome();
  const containers: object[] = [];
  const made: { end?: () => void; env: Record<string, string> } = { env: {} };
  const publish = (name: string, port: number, createdAt: number): void =>
    void containers.push({
      Id: name,
      Names: [`/${name}`],
      Image: 'nginx:1.27',
      Created: Math.floor(createdAt / 1000),
      Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: port, Type: 'tcp' }],
    });
  const leaseCalled = async (name: string) =>
    (await home.api.list()).allocations.find(({ service_name }) => service_name === name);

  beforeAll(async () => {
    Object.assign(made, await startEngine(() => containers));
    await home.cli(['daemon', 'start'], { env: made.env });
  });
  afterAll(() => made.end?.());

  /** Stands for `docker run`: a client that waits for the end of its container, and listens on nothing. */
  async function runClient(name: string, options: readonly string[] = []) {
    const client = ['run', ...options, '--name', name, '--', 'sleep', '90'];
    const run = home.start(client, { env: made.env });
    const lease = await waitFor(() => leaseCalled(name), 20_000, 'the lease');
    return { run, lease };
  }

  test('is served by it when it was made after the lease, until the holder goes', async () => {
    const { lease: other } = await runClient('other');
    const { run, lease } = await runClient('web', ['--wait']);
    expect(lease.state).toBe('granted');
    publish('before-1', other.port, Date.parse(other.allocated_at) - 60_000);
    publish('web-1', lease.port, Date.now());

    const waited = await home.cli(['wait', 'web'], { env: made.env });
    expect(waited.code, waited.story).toBe(0);
    await waitFor(
      () => run.stderr().includes('ready'),
      10_000,
      () => `--wait; it says: ${run.stderr()}`,
    );
    expect(await leaseCalled('web')).toMatchObject({
      state: 'bound',
      actual_ports: [lease.port],
      listeners: [{ port: lease.port, pid: null, container: { name: 'web-1' } }],
      holder: { kind: 'connection', pid: run.pid },
    });
    const told = await home.cli(['whose', `${lease.port}`]);
    expect(told.stdout).toMatch(/listening[^]*container web-1, image nginx:1\.27/);
    expect(await leaseCalled('other'), 'with a container that is older').toMatchObject({
      state: 'granted',
      listeners: [{ container: { name: 'before-1' } }],
    });

    run.process.kill('SIGTERM');
    await run.finished();
    await waitFor(async () => !(await leaseCalled('web')), 5000, 'the lease to end with its holder');
    expect(await home.api.check(lease.port)).toMatchObject({
      available: false,
      allocation: null,
      reason: 'held by container web-1',
    });
  });
});

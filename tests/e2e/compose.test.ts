import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../src/protocol/answers/allocation.ts';
import { startProgram, styxyHome } from '../support/home.ts';
import { waitFor } from '../support/processes.ts';
import { commitInTwoTrees, networkEnv, writeProject } from './support/project.ts';

/** Of the real `docker compose config`: what it would publish. */
interface ComposeConfig {
  name: string;
  services: Record<string, { ports?: { published?: string; target: number; protocol: string }[] }>;
}

/** Hands `compose ... up` to the real client as `config`: it says what would be started, without an engine. */
const DOCKER = `#!${process.execPath}
const words = process.argv.slice(2).flatMap((word) => (word === 'up' ? ['config', '--format', 'json'] : [word]));
const env = { ...process.env, PATH: process.env.REAL_PATH };
const text = require('node:child_process').execFileSync('docker', words, { env });
require('node:fs').writeFileSync('said.json', text);
const { services } = JSON.parse(text);
for (const { published, protocol } of Object.values(services).flatMap(({ ports = [] }) => ports))
  if (protocol === 'tcp' && published) require('node:http').createServer().listen(published, '127.0.0.1');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
`;

const COMPOSE = `name: shop
include: [more/queue.yaml]
services:
  web:
    image: nginx
    ports: ["8080:80", { target: 443, published: "8443" }, "8053:53/udp"]
    depends_on: [mail]
  mail:
    image: mailpit
    ports: ["1025:1025", "\${MAIL_PORT:-8025}:8025"]
  files:
    extends: { file: more/base.yaml, service: files }
`;

const FILES = {
  'compose.yaml': COMPOSE,
  'other.yaml':
    'services:\n  mail:\n    ports: !override\n      - "2025:1025"\n      - "${MAIL_PORT}:8025"\n',
  'more/queue.yaml': 'services: { queue: { image: nats, ports: ["${QUEUE:?}:4222"] } }',
  'more/base.yaml': 'services: { files: { image: minio, ports: ["9000-9001:9000-9001", "9100-9109:80"] } }',
  '.env': 'COMPOSE_FILE=compose.yaml:other.yaml\nMAIL_PORT=8026\nQUEUE=4222\n',
};

/** What is published for a port of a container, by service and that port: what our leases are called. */
const NAMES = {
  'web:80': 'web',
  'web:443': 'web-2',
  'mail:1025': 'mail',
  'mail:8025': 'mail-2',
  'queue:4222': 'queue',
  'files:9000': 'files',
  'files:9001': 'files-2',
  'files:80': 'files-3',
};

describe('the file for docker compose, as the real `docker compose config` reads it', () => {
  const home = styxyHome();
  const PATH = networkEnv()['PATH'] ?? '';
  let missing: string | undefined;
  let trees: string[] = [];

  beforeAll(async () => {
    const version = await startProgram(['docker', 'compose', 'version'], {
      cwd: home.place,
      env: composeEnv(),
    }).finished();
    if (version.code !== 0) missing = `no docker compose here: ${version.stderr}`;
    const main = writeProject(join(home.place, 'main'), FILES);
    const docker = writeProject(join(home.place, 'bin'), { docker: DOCKER });
    execFileSync('chmod', ['+x', join(docker, 'docker')]);
    commitInTwoTrees(main, join(home.place, 'feature'));
    trees = [main, join(home.place, 'feature')];
  });

  /** Where the user has put the plugin. */
  const composeEnv = (): Record<string, string> => {
    const { DOCKER_CONFIG: config } = process.env;
    return { PATH, HOME: home.place, ...(config !== undefined && { DOCKER_CONFIG: config }) };
  };

  const leasesOf = async (tree: string): Promise<Allocation[]> =>
    (await home.api.list()).allocations.filter(({ project_path: path }) => path === tree);

  function published(tree: string): Record<string, number> {
    const { services } = said(tree);
    const all = Object.entries(services).flatMap(([name, { ports = [] }]) =>
      ports.filter(({ protocol }) => protocol === 'tcp').map((port) => ({ name, ...port })),
    );
    return Object.fromEntries(
      all.map(({ name, target, published: port }) => [`${name}:${target}`, Number(port)]),
    );
  }

  const said = (tree: string): ComposeConfig => JSON.parse(readFileSync(join(tree, 'said.json'), 'utf8'));

  test.for([
    ['run', ['run', '--detach', '--wait', '--', 'docker', 'compose', 'up']],
    [
      'run, with a file that is named',
      [
        'run',
        '--detach',
        '--wait',
        '--',
        'docker',
        'compose',
        '-f',
        'compose.yaml',
        '-f',
        'other.yaml',
        'up',
      ],
    ],
    ['up', ['up', '--detach']],
  ] as const)(
    'publishes the leased ports by `styxy %s`, in two worktrees at once',
    async ([, words], { skip }) => {
      skip(missing !== undefined, missing);
      const env = { ...composeEnv(), PATH: `${join(home.place, 'bin')}${delimiter}${PATH}`, REAL_PATH: PATH };
      for (const tree of trees) {
        const exit = await home.cli(words, { cwd: tree, env });
        expect(exit.code, exit.story).toBe(0);
      }
      const ports = new Set<number>();
      for (const tree of trees) {
        const leases = await waitFor(async () => {
          const found = await leasesOf(tree);
          return found.every(({ state }) => state === 'bound') ? found : undefined;
        });
        const byName = new Map(leases.map(({ service_name: name, port }) => [name, port]));
        const found = published(tree);
        expect(found).toEqual(
          Object.fromEntries(Object.entries(NAMES).map(([at, name]) => [at, byName.get(name)])),
        );
        for (const port of Object.values(found)) ports.add(port);
        expect(JSON.stringify(said(tree).services['web']?.ports)).toContain('"published":"8053"');
      }
      expect(ports.size).toBe(16);
      expect(trees.map((tree) => said(tree).name)).toEqual(['shop', 'shop-feature']);
      for (const tree of trees) expect((await home.cli(['stop', '--all'], { cwd: tree })).code).toBe(0);
    },
  );
});

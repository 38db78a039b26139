import { expect, test } from 'vitest';
import { parseContainers, withContainers, type PublishedPort } from '../../../src/system/ports/containers.ts';
import { ofHiddenProcess, type FoundListener } from '../../../src/system/ports/listener.ts';

/** As the Docker engine 27 answers, shortened. */
const ANSWER = [
  {
    Id: '8dfafdbc3a40f1',
    Names: ['/api/db', '/shop-web-1'],
    Image: 'nginx:1.27',
    Created: 1_763_715_600,
    Ports: [
      { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 3000, Type: 'tcp' },
      { IP: '::', PrivatePort: 80, PublicPort: 3000, Type: 'tcp' },
      { PrivatePort: 443, Type: 'tcp' },
      { IP: '0.0.0.0', PrivatePort: 53, PublicPort: 5353, Type: 'udp' },
    ],
    Labels: {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': 'web',
      'com.docker.compose.project.working_dir': '/nowhere/shop',
    },
    State: 'running',
  },
  {
    Id: '9cd87474be90aa',
    Names: [],
    Image: 'postgres:17',
    Ports: [{ PrivatePort: 5432, PublicPort: 5432, Type: 'tcp' }],
  },
];

const web = {
  name: 'shop-web-1',
  image: 'nginx:1.27',
  composeProject: 'shop',
  composeService: 'web',
  createdAt: '2025-11-21T09:00:00.000Z',
};

const published = (port: number, address = '0.0.0.0'): PublishedPort => ({
  address,
  port,
  container: web,
  folder: null,
});
const listener = (given: Partial<FoundListener>): FoundListener => ({
  ...ofHiddenProcess,
  address: '0.0.0.0',
  port: 3000,
  user: 'root',
  ...given,
});

test('published TCP ports have the names of container, project and service', () => {
  const common = { container: web, folder: '/nowhere/shop' };
  expect(parseContainers(ANSWER)).toEqual([
    { address: '0.0.0.0', port: 3000, ...common },
    { address: '::', port: 3000, ...common },
    {
      address: '0.0.0.0',
      port: 5432,
      container: {
        name: '9cd87474be90',
        image: 'postgres:17',
        composeProject: null,
        composeService: null,
        createdAt: null,
      },
      folder: null,
    },
  ]);
});

test.each([
  null,
  {},
  { message: 'page not found' },
  [null, 7, 'x', { Ports: 'none' }, { Ports: [null, { Type: 'tcp', PublicPort: '80' }] }],
])('an answer of another form publishes nothing: %j', (answer) => {
  expect(parseContainers(answer)).toEqual([]);
});

test('names do nothing to a terminal', () => {
  const [port] = parseContainers([
    { Names: ['/evil\u001b[2J'], Image: 'x', Ports: [{ PublicPort: 1, Type: 'tcp' }] },
  ]);
  expect(port?.container.name).toBe('evil [2J');
});

test.each([
  ["another user's", { pid: null }],
  ["root's docker-proxy", { pid: 7, command: '/usr/bin/docker-proxy -proto tcp -host-port 3000' }],
  ['Docker Desktop', { pid: 7, command: '/Applications/Docker.app/Contents/MacOS/com.docker.backend run' }],
])('a listener of %s stands for the container', (_, given) => {
  expect(withContainers([listener(given)], [published(3000)])).toEqual([
    { ...listener(given), container: web, startedAt: '2025-11-21T09:00:00.000Z' },
  ]);
});

test('a published port without a listener is held all the same', () => {
  expect(withContainers([], [published(3000, '127.0.0.1')])).toEqual([
    listener({ address: '127.0.0.1', user: null, container: web, startedAt: '2025-11-21T09:00:00.000Z' }),
  ]);
});

test('a program beside a container on the same port is not the container', () => {
  const node = listener({ pid: 7, command: 'node server.js' });
  expect(withContainers([node], [published(3000)])).toEqual([
    node,
    expect.objectContaining({ port: 3000, pid: null, container: web }),
  ]);
  const other = listener({ port: 3001 });
  expect(withContainers([other], [])).toEqual([other]);
});

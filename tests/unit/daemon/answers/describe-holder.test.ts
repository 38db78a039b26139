import { expect, test } from 'vitest';
import { holderWords } from '../../../../src/daemon/answers/describe-holder.ts';
import type { WireListener } from '../../../../src/protocol/answers/listener.ts';

const container = {
  name: 'web-1',
  image: 'nginx',
  compose_project: 'shop',
  compose_service: 'web',
  created_at: null,
};
const nobody: WireListener = {
  address: '127.0.0.1',
  port: 3000,
  pid: null,
  command: null,
  cwd: null,
  user: null,
  started_at: null,
  project_path: null,
  branch: null,
  container: null,
};

test.each([
  [{ pid: 7, command: 'node server.js', user: 'maria' }, 'held by node server.js (pid 7)'],
  [{ pid: 7 }, 'held by a program (pid 7)'],
  [{ user: 'root' }, 'taken by another user (root)'],
  [{}, 'taken by another user'],
  [{ user: 'maria' }, "held by a program of maria that can't be looked at"],
  [{ container }, 'held by container web-1 (compose project shop)'],
  [{ container: { ...container, compose_project: null } }, 'held by container web-1'],
])('the holder %j', (given, words) => {
  expect(holderWords({ ...nobody, ...given }, 'maria')).toBe(words);
});

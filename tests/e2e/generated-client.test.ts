import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { claimPorts, type PortBlock } from '../support/ports.ts';
import { tempDir } from '../support/temp.ts';
import { startProgram } from '../support/home.ts';
import { copyExample, networkEnv, npmInstall, ROOT, succeed } from './support/project.ts';

const place = tempDir();
const project = join(place.path, 'client');
const state: { daemon?: TestDaemon; block?: PortBlock } = {};
const inProject = (...words: string[]) =>
  succeed(words, { cwd: project, env: networkEnv(), deadlineMs: 120_000 });

beforeAll(async () => {
  const { first, last } = (state.block = await claimPorts());
  state.daemon = await startTestDaemon({
    httpPort: first,
    config: {
      service_types: { web: { port_range: [first + 1, last] } },
      auto_allocation: { enabled: false },
    },
  });
  copyExample('openapi-client', project);
  await npmInstall(project, []);
  await inProject('npx', 'openapi-typescript', join(ROOT, 'config/openapi.json'), '--output', 'api.ts');
});
afterAll(async () => {
  await state.daemon?.[Symbol.asyncDispose]();
  await state.block?.[Symbol.asyncDispose]();
  place.remove();
});

test('a client generated from openapi.json by a known generator allocates, holds and releases', async () => {
  await inProject('npx', 'tsc');
  const env = {
    ...networkEnv(),
    BASE_URL: `http://127.0.0.1:${state.block?.first}`,
    TOKEN: readFileSync(state.daemon?.paths.token ?? '', 'utf8').trim(),
  };
  const { stdout } = await succeed(['node', 'client.js'], { cwd: project, env });
  expect(JSON.parse(stdout)).toEqual([
    'refused as unknown',
    'process then released',
    'granted, 1 held by a connection, free',
  ]);
});

test('such a client does not compile with a field that is not there', async () => {
  const path = join(project, 'client.ts');
  const client = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    client.replace("service_type: 'web'", "service_typ: 'web'").replace('.lock_id', '.lockId'),
  );
  const exit = await startProgram(['npx', 'tsc', '--noEmit'], { cwd: project, env: networkEnv() }).finished(
    120_000,
  );
  writeFileSync(path, client);
  expect(exit.code).not.toBe(0);
  expect(exit.stdout).toContain("'service_typ'");
  expect(exit.stdout).toContain("'lockId' does not exist");
});

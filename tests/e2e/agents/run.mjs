/**
 * `npm run e2e:agents`: the real agents (Claude Code, Codex, Gemini CLI) with our hooks and a model on loopback that
 * only says what the tests want. Their packages have 750 MB, so they are fetched once, to `node_modules/.cache/agents`;
 * AGENTS_BIN names another folder that has their programs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const place = join(root, 'node_modules/.cache/agents');
const PACKAGES = ['@anthropic-ai/claude-code', '@openai/codex', '@google/gemini-cli'];

function run(file, args, cwd, env = process.env) {
  const { status } = spawnSync(file, args, { cwd, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function fetchAgents() {
  const bin = join(place, 'node_modules/.bin');
  if (existsSync(join(bin, 'gemini'))) return bin;
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), '{ "private": true }');
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...PACKAGES], place);
  // It puts the program for this machine where it belongs.
  run(process.execPath, ['install.cjs'], join(place, 'node_modules/@anthropic-ai/claude-code'));
  return bin;
}

const bin = process.env.AGENTS_BIN ?? fetchAgents();
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
run(process.execPath, [vitest, 'run', 'tests/e2e/agents', ...process.argv.slice(2)], root, {
  ...process.env,
  AGENTS_BIN: bin,
});

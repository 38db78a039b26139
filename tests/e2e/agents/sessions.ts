import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProgram, type Running, type StyxyHome } from '../../support/home.ts';
import { succeed } from '../support/project.ts';
import { BIN } from '../../support/home.ts';
import { startFakeApi, type FakeApi, type Step } from './fake-api.ts';

/** Where `npm run e2e:agents` has put the agents. */
export const AGENTS_BIN = process.env['AGENTS_BIN'];

/** How one agent is started without a person, in a home of its own. */
export interface Agent {
  name: string;
  program: string;
  /** What the ids of its sessions begin with. */
  prefix: string;
  /** The file with our hooks. */
  settings: string;
  args: readonly string[];
  env(url: string): Record<string, string>;
  /** What it needs in its home besides. */
  prepare?(home: string, url: string): void;
}

const put = (file: string, text: string): void => {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
};

export const CLAUDE: Agent = {
  name: 'claude-code',
  program: 'claude',
  prefix: 'claude',
  settings: '.claude/settings.json',
  args: ['-p', 'go', '--dangerously-skip-permissions'],
  env: (url) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'sk-fake',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    // It refuses root otherwise.
    IS_SANDBOX: '1',
  }),
};

const CODEX: Agent = {
  name: 'codex',
  program: 'codex',
  prefix: 'codex',
  settings: '.codex/hooks.json',
  args: [
    'exec',
    '--skip-git-repo-check',
    '--dangerously-bypass-approvals-and-sandbox',
    '--dangerously-bypass-hook-trust',
    'go',
  ],
  env: () => ({ OPENAI_API_KEY: 'fake' }),
  prepare: (home, url) =>
    put(
      join(home, '.codex/config.toml'),
      `model = "fake"\nmodel_provider = "fake"\n[model_providers.fake]\nname = "fake"\nbase_url = "${url}/v1"\nwire_api = "responses"\n`,
    ),
};

const GEMINI: Agent = {
  name: 'gemini-cli',
  program: 'gemini',
  prefix: 'gemini',
  settings: '.gemini/settings.json',
  // Without a model it asks another one which to take.
  args: ['--yolo', '-m', 'gemini-2.5-pro', '-p', 'go'],
  env: (url) => ({
    GEMINI_API_KEY: 'fake',
    GOOGLE_GEMINI_BASE_URL: url,
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  }),
};

export const AGENTS = [CLAUDE, CODEX, GEMINI];

export interface Session extends AsyncDisposable {
  agent: Running;
  api: FakeApi;
}

/** Puts our hooks into the agent's settings, as a user does. */
export async function install({ name, settings }: Agent, home: StyxyHome): Promise<void> {
  const file = join(home.place, settings);
  if (name === 'gemini-cli')
    put(file, JSON.stringify({ security: { auth: { selectedType: 'gemini-api-key' } } }));
  await succeed([process.execPath, BIN, 'hook', 'install', '--agent', name], {
    cwd: home.place,
    env: home.env,
  });
}

/** Changes the agent's settings: rules, or a hook that is not there. */
export function editSettings({ settings }: Agent, home: StyxyHome, edit: (text: string) => string): void {
  const file = join(home.place, settings);
  writeFileSync(file, edit(readFileSync(file, 'utf8')));
}

/** An agent that does these steps and ends. */
export async function startSession(
  agent: Agent,
  steps: readonly Step[],
  { home, cwd, args = agent.args }: { home: StyxyHome; cwd: string; args?: readonly string[] },
): Promise<Session> {
  const api = await startFakeApi(steps);
  agent.prepare?.(home.place, api.url);
  const running = startProgram([join(AGENTS_BIN ?? '', agent.program), ...args], {
    cwd,
    env: { ...home.env, TERM: 'xterm-256color', ...agent.env(api.url) },
  });
  return {
    agent: running,
    api,
    async [Symbol.asyncDispose]() {
      running.process.kill('SIGKILL');
      await api[Symbol.asyncDispose]();
    },
  };
}

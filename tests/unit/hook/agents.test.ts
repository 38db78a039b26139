import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../src/hook/agents/contract.ts';
import { AGENTS, agentNamed } from '../../../src/hook/agents/table.ts';
import { PAYLOADS } from './payloads.ts';

const REWRITE = {
  kind: 'rewrite',
  command: 'styxy run -- vite',
  context: 'its port',
  isAllowed: false,
} as const;
const DENY = { kind: 'deny', reason: 'port 3000 is of another session' } as const;

function answer(name: keyof typeof PAYLOADS, decision: Exclude<Decision, { kind: 'silent' }>): unknown {
  const agent = agentNamed(name)!;
  return agent.answer(decision, agent.read(PAYLOADS[name].command)!);
}

describe.each(Object.entries(PAYLOADS))('%s', (name, payloads) => {
  const agent = agentNamed(name)!;

  test('tells of a command: its text, folder and session', () => {
    expect(agent.read(payloads.command)).toMatchObject({
      kind: 'command',
      command: 'vite',
      cwd: '/work/shop',
      sessionId: name === 'opencode' ? 'f7aa52c1' : '0193f7aa-52c1',
    });
  });

  test('tells of a session that begins, and of one that ends', () => {
    expect(agent.read(payloads.start)).toMatchObject({ kind: 'session-start' });
    if (payloads.end) expect(agent.read(payloads.end)).toMatchObject({ kind: 'session-end' });
  });

  test('tells nothing of other tools, events and nonsense', () => {
    expect(agent.read(payloads.otherTool)).toBeUndefined();
    for (const said of [{}, { hook_event_name: 7 }, { tool_input: null }, { args: [], toolArgs: '{' }])
      expect(agent.read(said)).toBeUndefined();
  });
});

test('every agent has its payloads', () => {
  expect(AGENTS.map(({ name }) => name).toSorted()).toEqual(Object.keys(PAYLOADS).toSorted());
});

describe('a rewritten command is answered in the words of', () => {
  test('Claude Code: all fields of the input, and no decision', () => {
    expect(answer('claude-code', REWRITE)).toEqual({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        updatedInput: {
          command: 'styxy run -- vite',
          description: 'Start the server',
          run_in_background: true,
          timeout: 5000,
          dangerouslyDisableSandbox: true,
        },
        additionalContext: 'its port',
      },
    });
  });

  test("Claude Code, with a decision only when it is the user's own", () => {
    expect(answer('claude-code', { ...REWRITE, isAllowed: true })).toMatchObject({
      hookSpecificOutput: { permissionDecision: 'allow' },
    });
  });

  test('Codex: the command alone, and always a decision', () => {
    expect(answer('codex', REWRITE)).toEqual({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'allow',
        updatedInput: { command: 'styxy run -- vite' },
        additionalContext: 'its port',
      },
    });
  });

  test('Gemini CLI: what is merged over the input', () => {
    expect(answer('gemini-cli', REWRITE)).toEqual({
      hookSpecificOutput: {
        hookEventName: 'BeforeTool',
        tool_input: { command: 'styxy run -- vite', description: 'd', is_background: true },
      },
    });
  });

  test('Cursor', () => {
    expect(answer('cursor', REWRITE)).toEqual({
      permission: 'allow',
      updated_input: { command: 'styxy run -- vite', working_directory: '/work/shop', timeout: 30000 },
    });
    expect(agentNamed('cursor')?.silence).toEqual({});
  });

  test('opencode', () => {
    expect(answer('opencode', REWRITE)).toEqual({ args: { command: 'styxy run -- vite' } });
  });

  test('Copilot CLI', () => {
    expect(answer('copilot-cli', REWRITE)).toEqual({
      modifiedArgs: { command: 'styxy run -- vite', description: 'Start the server' },
      additionalContext: 'its port',
    });
  });
});

test('a denied command is answered in the words of each agent', () => {
  const denials = Object.keys(PAYLOADS).map((name) => answer(name as keyof typeof PAYLOADS, DENY));
  for (const denial of denials) expect(JSON.stringify(denial)).toMatch(/"den(y|ied)"/);
  for (const denial of denials) expect(JSON.stringify(denial)).toContain('port 3000 is of another session');
});

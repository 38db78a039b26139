/** What each agent says to its hooks, in the shape in which it says it. */

type Payload = Readonly<Record<string, unknown>>;

interface AgentPayloads {
  command: Payload;
  otherTool: Payload;
  start: Payload;
  /** Not all tell of the end. */
  end?: Payload;
}

const SESSION = '0193f7aa-52c1';
/** opencode's begin with the time. */
const ORDERED = 'ses_0193f7aa52c1';
const CWD = '/work/shop';

const claude = {
  session_id: SESSION,
  transcript_path: '/home/ann/.claude/projects/-work-shop/0193f7aa-52c1.jsonl',
  cwd: CWD,
  prompt_id: 'p1',
  permission_mode: 'default',
  effort: { level: 'medium' },
};
const codex = {
  session_id: SESSION,
  turn_id: '1',
  transcript_path: null,
  cwd: CWD,
  model: 'gpt',
  permission_mode: 'default',
};
const gemini = {
  session_id: SESSION,
  transcript_path: '/home/ann/.gemini/tmp/x.json',
  cwd: CWD,
  timestamp: '2026-11-29T09:00:00.000Z',
};
const cursor = {
  conversation_id: SESSION,
  generation_id: 'g1',
  model: 'auto',
  cursor_version: '3.0',
  workspace_roots: [CWD],
};
const copilot = { sessionId: SESSION, timestamp: 1_796_000_000_000, cwd: CWD };

export const PAYLOADS = {
  'claude-code': {
    command: {
      ...claude,
      hook_event_name: 'PreToolUse',
      tool_name: 'Bash',
      tool_input: {
        command: 'vite',
        description: 'Start the server',
        run_in_background: true,
        timeout: 5000,
        dangerouslyDisableSandbox: true,
      },
      tool_use_id: 'toolu_01',
    },
    otherTool: {
      ...claude,
      hook_event_name: 'PreToolUse',
      tool_name: 'Read',
      tool_input: { file_path: 'a' },
    },
    start: { ...claude, hook_event_name: 'SessionStart', source: 'startup' },
    end: { ...claude, hook_event_name: 'SessionEnd', reason: 'prompt_input_exit' },
  },
  codex: {
    command: {
      ...codex,
      hook_event_name: 'PreToolUse',
      tool_name: 'Bash',
      tool_input: { command: 'vite' },
      tool_use_id: 'call_1',
    },
    otherTool: {
      ...codex,
      hook_event_name: 'PreToolUse',
      tool_name: 'apply_patch',
      tool_input: { command: 'x' },
    },
    start: { ...codex, hook_event_name: 'SessionStart', source: 'startup' },
    end: { ...codex, hook_event_name: 'SessionEnd', reason: 'exit' },
  },
  'gemini-cli': {
    command: {
      ...gemini,
      hook_event_name: 'BeforeTool',
      tool_name: 'run_shell_command',
      tool_input: { command: 'vite', description: 'd', is_background: true },
    },
    otherTool: {
      ...gemini,
      hook_event_name: 'BeforeTool',
      tool_name: 'read_file',
      tool_input: { path: 'a' },
    },
    start: { ...gemini, hook_event_name: 'SessionStart', source: 'startup' },
    end: { ...gemini, hook_event_name: 'SessionEnd', reason: 'exit' },
  },
  cursor: {
    command: {
      ...cursor,
      hook_event_name: 'preToolUse',
      tool_name: 'Shell',
      tool_input: { command: 'vite', working_directory: CWD, timeout: 30_000 },
      tool_use_id: 't1',
      cwd: CWD,
    },
    otherTool: { ...cursor, hook_event_name: 'preToolUse', tool_name: 'Read', tool_input: { path: 'a' } },
    start: { ...cursor, hook_event_name: 'sessionStart', session_id: SESSION },
    end: { ...cursor, hook_event_name: 'sessionEnd', session_id: SESSION, reason: 'completed' },
  },
  opencode: {
    command: {
      event: 'tool.execute.before',
      tool: 'bash',
      sessionID: ORDERED,
      callID: 'c1',
      directory: CWD,
      args: { command: 'vite', description: 'd' },
    },
    otherTool: { event: 'tool.execute.before', tool: 'read', sessionID: ORDERED, directory: CWD, args: {} },
    start: { event: 'session.created', sessionID: ORDERED, directory: CWD },
    end: { event: 'session.deleted', sessionID: ORDERED, directory: CWD },
  },
  'copilot-cli': {
    command: {
      ...copilot,
      toolName: 'bash',
      toolArgs: JSON.stringify({ command: 'vite', description: 'Start the server' }),
    },
    otherTool: { ...copilot, toolName: 'view', toolArgs: '{"path":"a"}' },
    start: { ...copilot, source: 'new', initialPrompt: 'x' },
    end: { ...copilot, reason: 'complete' },
  },
} satisfies Record<string, AgentPayloads>;

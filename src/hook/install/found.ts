/** By what an agent is known to be on this machine. */
export interface Traces {
  programs: readonly string[];
  /** Relative to the home, or the folder that the variable names. */
  folder: string;
  variable?: string;
}

export const TRACES: Readonly<Record<string, Traces>> = {
  'claude-code': { programs: ['claude'], folder: '.claude', variable: 'CLAUDE_CONFIG_DIR' },
  codex: { programs: ['codex'], folder: '.codex', variable: 'CODEX_HOME' },
  'gemini-cli': { programs: ['gemini'], folder: '.gemini' },
  cursor: { programs: ['cursor', 'cursor-agent'], folder: '.cursor' },
  opencode: { programs: ['opencode'], folder: '.config/opencode' },
  'copilot-cli': { programs: ['copilot'], folder: '.copilot', variable: 'COPILOT_HOME' },
};

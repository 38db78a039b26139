import { fileURLToPath } from 'node:url';

const here = (url: URL) => fileURLToPath(url);

/** Child programs for tests, each for one behaviour; the file's first line says which. */
export const programs = {
  recorder: here(new URL('./programs/recorder.mjs', import.meta.url)),
  withChild: here(new URL('./programs/with-child.mjs', import.meta.url)),
  leaveBehind: here(new URL('./programs/leave-behind.mjs', import.meta.url)),
  tellArguments: here(new URL('./programs/tell-arguments.mjs', import.meta.url)),
  tellTerminal: here(new URL('./programs/tell-terminal.mjs', import.meta.url)),
  rawKeys: here(new URL('./programs/raw-keys.mjs', import.meta.url)),
  chatter: here(new URL('./programs/chatter.mjs', import.meta.url)),
  askForTypes: here(new URL('./programs/ask-for-types.mjs', import.meta.url)),
  lastWords: here(new URL('./programs/last-words.mjs', import.meta.url)),
  workspaceRunner: here(new URL('./programs/workspace-runner.mjs', import.meta.url)),
} as const;

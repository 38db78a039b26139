import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What `npm run check:lint` would say of a folder, wherever it is; without what only types tell. */
export function lintProblems(folder: string): string[] {
  const linter = inRoot('node_modules/oxlint/bin/oxlint');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [linter, '-c', inRoot('.oxlintrc.json'), '-f', 'json', folder],
    { encoding: 'utf8' },
  );
  if (!stdout.startsWith('{')) throw new Error(`oxlint gave no report: ${stdout}${stderr}`);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { message: string }[] };
  return diagnostics.map(({ message }) => message);
}

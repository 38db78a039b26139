import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Report {
  readonly diagnostics: readonly { readonly message: string; readonly filename: string }[];
  readonly number_of_files: number;
}

/** The functions that are longer than the limit of `function-length.oxlintrc.json`, found by the linter's own parser. */
export function longFunctions(folder: string): { found: { name: string; file: string }[]; files: number } {
  const config = inRoot('tests/architecture/function-length.oxlintrc.json');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [inRoot('node_modules/oxlint/bin/oxlint'), '-c', config, '-f', 'json', folder],
    { cwd: inRoot('.'), encoding: 'utf8', maxBuffer: 1e8 },
  );
  if (!stdout.startsWith('{')) throw new Error(`oxlint gave no report: ${stdout}${stderr}`);
  const { diagnostics, number_of_files: files } = JSON.parse(stdout) as Report;
  const found = diagnostics.map(({ message, filename: file }) => {
    const [, name] = /`([^`]+)`/.exec(message) ?? [];
    return { name: name ?? message, file };
  });
  return { found, files };
}

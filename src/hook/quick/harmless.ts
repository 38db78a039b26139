/** Programs that never listen, start nothing else that does, and end nothing, whatever their arguments are. */
export const HARMLESS_PROGRAMS: readonly string[] = [
  ...list(
    'basename cat cd chmod cksum cmp comm cp cut date df diff dirname du echo egrep expand false fgrep file',
  ),
  ...list(
    'fmt fold grep groups head hexdump hostname id join jq ln ls md5sum mkdir mktemp mv nl nproc od paste',
  ),
  ...list(
    'printf pwd readlink realpath rg rm rmdir sed seq sha256sum shasum sleep sort stat strings tac tail',
  ),
  ...list('test touch tr tree true type umask uname uniq uptime wc which whoami'),
  ...list('eslint prettier tsc oxlint oxfmt'),
];

/** Of programs that do more, the subcommands of which the same is true when they stand right behind the name. */
export const HARMLESS_SUBCOMMANDS: Readonly<Record<string, readonly string[]>> = {
  git: list(
    'add blame branch checkout cherry-pick clone commit describe diff fetch init log ls-files merge mv pull push',
    'reflog remote reset restore rev-parse revert rm show stash status switch tag worktree',
  ),
  npm: list('audit ci i install ls outdated root uninstall view'),
  pnpm: list('add i install outdated remove'),
  yarn: list('add install remove'),
  npx: list('eslint prettier tsc'),
  cargo: list('build check clippy fmt'),
  go: list('build fmt get mod vet'),
  docker: list('images inspect logs ps version'),
  gh: list('api issue pr release run'),
};

function list(...lines: string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}

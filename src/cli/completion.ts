import type { Command } from 'commander';
import { StyxyError } from '../base/styxy-error.ts';

/** Completion scripts made from the commands themselves, so that they can't fall behind. */
const SHELLS: Record<string, (words: CommandWords[]) => string> = { bash, zsh, fish };

interface CommandWords {
  /** `daemon start`; empty for styxy itself. */
  path: string;
  description: string;
  words: { word: string; description: string }[];
}

/** @throws StyxyError USAGE */
export function completionScript(program: Command, shell: string): string {
  const make = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (!make)
    throw new StyxyError('USAGE', `there is no completion for "${shell}"`, { hint: 'use bash, zsh or fish' });
  return make(collect(program, ''));
}

function collect(command: Command, path: string): CommandWords[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command).filter((child) => child.name() !== 'help');
  const named = children.flatMap((child) => namesOf(child).map((name) => ({ name, child })));
  const words = [
    ...named.map(({ name, child }) => ({ word: name, description: child.description() })),
    ...help.visibleOptions(command).map(({ long, description }) => ({ word: long ?? '', description })),
  ];
  const own = { path, description: command.description(), words };
  return [own, ...named.flatMap(({ name, child }) => collect(child, `${path} ${name}`.trim()))];
}

const namesOf = (command: Command): string[] => [command.name(), ...command.aliases()];

/** What stands behind a command's own words is no command: a port, a name. */
function knownPaths(commands: readonly CommandWords[]): string {
  return `|${commands.map(({ path }) => path).join('|')}|`;
}

function bash(commands: CommandWords[]): string {
  const cases = commands.map(
    ({ path, words }) => `    "${path}") words="${words.map(({ word }) => word).join(' ')}" ;;`,
  );
  return `# styxy completion for bash: eval "$(styxy completion bash)"
# Behind -- stands a command of its own, which may have a completion of its own.
_styxy_command() {
  local at=1
  while [[ "\${COMP_WORDS[at]}" != -- ]]; do at=$((at + 1)); done
  if declare -F _command_offset >/dev/null; then _command_offset $((at + 1))
  elif (( COMP_CWORD == at + 1 )); then COMPREPLY=($(compgen -c -- "\${COMP_WORDS[COMP_CWORD]}" | sort -u))
  else COMPREPLY=(); compopt -o default 2>/dev/null
  fi
}
_styxy() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words=""
  local known="${knownPaths(commands)}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      --) _styxy_command; return ;;
      -*) ;;
      *) case "$known" in *"|\${path:+$path }$word|"*) path="\${path:+$path }$word" ;; *) path="\${path:-?}" ;; esac ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  # Services of this worktree; no daemon is started for them.
  [[ "$path" =~ ^(stop|restart|switch|logs|wait|url|open|release)$ && "$COMP_CWORD" == 2 && "$current" != -* ]] &&
    words="$(STYXY_NO_DAEMON=1 styxy list --project . 2>/dev/null | awk 'NR > 1 && $2 != "-" { print $2 }')"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -F _styxy styxy`;
}

function zsh(commands: CommandWords[]): string {
  const quote = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(':', '\\:');
  const cases = commands.map(({ path, words }) => {
    const list = words.map(({ word, description }) => `'${quote(word)}:${quote(description)}'`).join(' ');
    return `    "${path}") entries=(${list}) ;;`;
  });
  return `#compdef styxy
# styxy completion for zsh: eval "$(styxy completion zsh)"
_styxy() {
  local -a entries
  local word spoken="" known="${knownPaths(commands)}"
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ "$word" == "--" ]] && { shift words; (( CURRENT-- )); _normal; return }
    [[ "$word" == -* ]] && continue
    if [[ "$known" == *"|\${spoken:+$spoken }$word|"* ]]; then spoken="\${spoken:+$spoken }$word"
    elif [[ -z "$spoken" ]]; then spoken="?"
    fi
  done
  case "$spoken" in
${cases.join('\n')}
  esac
  _describe 'styxy' entries
}
compdef _styxy styxy`;
}

function fish(commands: CommandWords[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ path, words }) => {
    const spoken = path.split(' ').filter(Boolean);
    const condition =
      spoken.length === 0
        ? '__fish_use_subcommand'
        : spoken.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    return words.map(({ word, description }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
      return `complete -c styxy -n ${quote(condition)} ${what} -d ${quote(description)}`;
    });
  });
  return [
    '# styxy completion for fish: styxy completion fish | source',
    'complete -c styxy -f',
    ...lines,
  ].join('\n');
}

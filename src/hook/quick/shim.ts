import { HARMLESS_PROGRAMS, HARMLESS_SUBCOMMANDS } from './harmless.ts';

/** How a shim goes on with what is not surely harmless; `$input` is what the agent said, `$agent` its name. */
export const TO_BUNDLE = `here=\${0%/*}
node=\${2:-node}
[ -x "$node" ] || node=node
printf '%s' "$input" | "$node" "$here/../dist/hook.cjs" "$agent" 2>/dev/null`;

export const TO_COMMAND = `command -v styxy >/dev/null || exit 0
printf '%s' "$input" | styxy hook "$agent" 2>/dev/null`;

/**
 * The script in front of the hook: it runs before each command of an agent, so it must cost next to nothing. Only lines
 * end here of which every program is known never to serve; everything that a shell could read in another way goes on.
 * @param goOn what it does with the others
 */
export function shimText(goOn: string): string {
  const subcommands = Object.entries(HARMLESS_SUBCOMMANDS);
  return `#!/bin/sh
# Made by \`npm run generate\` from src/hook/quick. Change the code, not this file.
# styxy hook <agent>, without starting Node for lines whose every program is known never to serve.
agent=\${1:-claude-code}
# \`read\` would take minutes for a long line: it asks for each byte.
input=$(cat)
LC_ALL=C

harmless() {
  case $input in *'\\u'* | *'"command"'*'"command"'*) return 1 ;; esac
  case $input in *'"PreToolUse"'* | *'"preToolUse"'* | *'"BeforeTool"'* | *'"tool.execute.before"'* | *'"toolName"'*) ;; *) return 1 ;; esac
  case $input in *'"command":"'*) ;; *) return 1 ;; esac
  line=\${input#*'"command":"'}
  line=\${line%%'"'*}
  case $line in '' | *[!A-Za-z0-9\\ _./,:@%+=\\'\\&\\|\\;\\>-]*) return 1 ;; esac
  set -f
  next=program
  for word in $line; do
    [ $next != end ] || next=program
    case $word in ?*';') word=\${word%?} after=end ;; *) after=argument ;; esac
    case $word in
      '&&' | '||' | '|' | ';') next=program; continue ;;
      '2>&1') [ $next = argument ] || return 1; next=$after; continue ;;
      *[\\&\\|\\;]*) return 1 ;;
    esac
    case $next:$word in
      argument:*) next=$after ;;
      program:${HARMLESS_PROGRAMS.join(' | program:')}) next=$after ;;
      program:${subcommands.map(([name]) => name).join(' | program:')}) [ $after = argument ] || return 1; next=$word ;;
${subcommands.map(([name, verbs]) => `      ${verbs.map((verb) => `${name}:${verb}`).join(' | ')}) next=$after ;;`).join('\n')}
      *) return 1 ;;
    esac
  done
  [ $next = argument ] || [ $next = end ]
}

if harmless; then
  [ "$agent" = cursor ] && printf '{}'
  exit 0
fi
${goOn}
exit 0
`;
}

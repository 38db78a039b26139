#!/bin/sh
# Made by `npm run generate` from src/hook/quick. Change the code, not this file.
# styxy hook <agent>, without starting Node for lines whose every program is known never to serve.
agent=${1:-claude-code}
# `read` would take minutes for a long line: it asks for each byte.
input=$(cat)
LC_ALL=C

harmless() {
  case $input in *'\u'* | *'"command"'*'"command"'*) return 1 ;; esac
  case $input in *'"PreToolUse"'* | *'"preToolUse"'* | *'"BeforeTool"'* | *'"tool.execute.before"'* | *'"toolName"'*) ;; *) return 1 ;; esac
  case $input in *'"command":"'*) ;; *) return 1 ;; esac
  line=${input#*'"command":"'}
  line=${line%%'"'*}
  case $line in '' | *[!A-Za-z0-9\ _./,:@%+=\'\&\|\;\>-]*) return 1 ;; esac
  set -f
  next=program
  for word in $line; do
    [ $next != end ] || next=program
    case $word in ?*';') word=${word%?} after=end ;; *) after=argument ;; esac
    case $word in
      '&&' | '||' | '|' | ';') next=program; continue ;;
      '2>&1') [ $next = argument ] || return 1; next=$after; continue ;;
      *[\&\|\;]*) return 1 ;;
    esac
    case $next:$word in
      argument:*) next=$after ;;
      program:basename | program:cat | program:cd | program:chmod | program:cksum | program:cmp | program:comm | program:cp | program:cut | program:date | program:df | program:diff | program:dirname | program:du | program:echo | program:egrep | program:expand | program:false | program:fgrep | program:file | program:fmt | program:fold | program:grep | program:groups | program:head | program:hexdump | program:hostname | program:id | program:join | program:jq | program:ln | program:ls | program:md5sum | program:mkdir | program:mktemp | program:mv | program:nl | program:nproc | program:od | program:paste | program:printf | program:pwd | program:readlink | program:realpath | program:rg | program:rm | program:rmdir | program:sed | program:seq | program:sha256sum | program:shasum | program:sleep | program:sort | program:stat | program:strings | program:tac | program:tail | program:test | program:touch | program:tr | program:tree | program:true | program:type | program:umask | program:uname | program:uniq | program:uptime | program:wc | program:which | program:whoami | program:eslint | program:prettier | program:tsc | program:oxlint | program:oxfmt) next=$after ;;
      program:git | program:npm | program:pnpm | program:yarn | program:npx | program:cargo | program:go | program:docker | program:gh) [ $after = argument ] || return 1; next=$word ;;
      git:add | git:blame | git:branch | git:checkout | git:cherry-pick | git:clone | git:commit | git:describe | git:diff | git:fetch | git:init | git:log | git:ls-files | git:merge | git:mv | git:pull | git:push | git:reflog | git:remote | git:reset | git:restore | git:rev-parse | git:revert | git:rm | git:show | git:stash | git:status | git:switch | git:tag | git:worktree) next=$after ;;
      npm:audit | npm:ci | npm:i | npm:install | npm:ls | npm:outdated | npm:root | npm:uninstall | npm:view) next=$after ;;
      pnpm:add | pnpm:i | pnpm:install | pnpm:outdated | pnpm:remove) next=$after ;;
      yarn:add | yarn:install | yarn:remove) next=$after ;;
      npx:eslint | npx:prettier | npx:tsc) next=$after ;;
      cargo:build | cargo:check | cargo:clippy | cargo:fmt) next=$after ;;
      go:build | go:fmt | go:get | go:mod | go:vet) next=$after ;;
      docker:images | docker:inspect | docker:logs | docker:ps | docker:version) next=$after ;;
      gh:api | gh:issue | gh:pr | gh:release | gh:run) next=$after ;;
      *) return 1 ;;
    esac
  done
  [ $next = argument ] || [ $next = end ]
}

if harmless; then
  [ "$agent" = cursor ] && printf '{}'
  exit 0
fi
command -v styxy >/dev/null || exit 0
printf '%s' "$input" | styxy hook "$agent" 2>/dev/null
exit 0

#!/bin/sh
# The script shell that `styxy run` gives to npm, pnpm and yarn. They call it as
#   script-shell.sh -c '<text of the script> <further arguments, quoted>'
# once per script, in the folder of its package. In the script STYXY_SCRIPT_NAME of the package in STYXY_SCRIPT_FOLDER (in
# any, when unset) the text STYXY_SCRIPT_FROM becomes STYXY_SCRIPT_TO; every other call goes to the real shell as it came.
styxy_shell=${STYXY_SCRIPT_SHELL:-/bin/sh}

if [ "$#" -eq 2 ] && [ "$1" = -c ] && [ -n "$STYXY_SCRIPT_FROM" ] &&
  [ "${STYXY_SCRIPT_NAME:-$npm_lifecycle_event}" = "$npm_lifecycle_event" ] &&
  { [ -z "$STYXY_SCRIPT_FOLDER" ] || [ "$STYXY_SCRIPT_FOLDER" = "$(pwd -P)" ]; }; then
  # The quotes make it a comparison of text: without them, a * in the script would be a pattern.
  styxy_rest=${2#"$STYXY_SCRIPT_FROM"}
  case $styxy_rest in
    '' | ' '*)
      if [ "$STYXY_SCRIPT_FROM$styxy_rest" = "$2" ]; then
        set -- -c "$STYXY_SCRIPT_TO$styxy_rest"
        unset STYXY_SCRIPT_NAME STYXY_SCRIPT_FOLDER STYXY_SCRIPT_FROM STYXY_SCRIPT_TO
      fi
      ;;
  esac
fi

exec "$styxy_shell" "$@"

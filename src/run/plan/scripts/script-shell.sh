#!/bin/sh
# The script shell that `styxy run` gives to npm, pnpm and yarn. They call it as
#   script-shell.sh -c '<text of the script> <further arguments, quoted>'
# once per script, in the folder of its package. STYXY_SCRIPTS texts are to be exchanged, each of which has a number: in
# the script STYXY_SCRIPT_NAME_<n> of the package in STYXY_SCRIPT_FOLDER_<n> (in any, when unset) the text
# STYXY_SCRIPT_FROM_<n> becomes STYXY_SCRIPT_TO_<n>. Every other call goes to the real shell as it came. A script that
# starts no further one of these (STYXY_SCRIPT_LAST_<n>) gets none of these variables, and the user's own shell.
styxy_shell=${STYXY_SCRIPT_SHELL:-/bin/sh}
styxy_at=${STYXY_SCRIPTS:-0}

forget_exchange() {
  for styxy_shell_of in npm_config_script_shell pnpm_config_script_shell; do
    unset "$styxy_shell_of"
    if [ -n "${STYXY_SCRIPT_SHELL-}" ]; then export "$styxy_shell_of=$STYXY_SCRIPT_SHELL"; fi
  done
  styxy_at=${STYXY_SCRIPTS:-0}
  while [ "$styxy_at" -gt 0 ]; do
    for styxy_name in NAME FOLDER FROM TO SHELL LAST; do unset "STYXY_SCRIPT_${styxy_name}_$styxy_at"; done
    styxy_at=$((styxy_at - 1))
  done
  unset STYXY_SCRIPTS STYXY_SCRIPT_SHELL
}

if [ "$#" -ne 2 ] || [ "$1" != -c ]; then styxy_at=0; fi

while [ "$styxy_at" -gt 0 ]; do
  eval "styxy_name=\${STYXY_SCRIPT_NAME_$styxy_at-}; styxy_folder=\${STYXY_SCRIPT_FOLDER_$styxy_at-}"
  eval "styxy_from=\${STYXY_SCRIPT_FROM_$styxy_at-}; styxy_to=\${STYXY_SCRIPT_TO_$styxy_at-}"
  if [ -n "$styxy_from" ] && [ "${styxy_name:-$npm_lifecycle_event}" = "$npm_lifecycle_event" ] &&
    { [ -z "$styxy_folder" ] || [ "$styxy_folder" = "$(pwd -P)" ]; }; then
    # The quotes make it a comparison of text: without them, a * in the script would be a pattern.
    styxy_rest=${2#"$styxy_from"}
    case $styxy_rest in
      '' | ' '*)
        if [ "$styxy_from$styxy_rest" = "$2" ]; then
          set -- -c "$styxy_to$styxy_rest"
          eval "styxy_shell=\${STYXY_SCRIPT_SHELL_$styxy_at:-\$styxy_shell}; styxy_last=\${STYXY_SCRIPT_LAST_$styxy_at-}"
          if [ -n "$styxy_last" ]; then
            forget_exchange
            break
          fi
          # What it starts may run a script of that name that is another one.
          unset "STYXY_SCRIPT_NAME_$styxy_at" "STYXY_SCRIPT_FOLDER_$styxy_at" "STYXY_SCRIPT_FROM_$styxy_at" \
            "STYXY_SCRIPT_TO_$styxy_at" "STYXY_SCRIPT_LAST_$styxy_at"
          break
        fi
        ;;
    esac
  fi
  styxy_at=$((styxy_at - 1))
done

exec "$styxy_shell" "$@"

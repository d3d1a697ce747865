#!/bin/sh
# send.sh FILE OPTION…: runs `client send` in the client host. FILE is a file of this machine, or empty. The client gets a
# copy, which is removed afterwards.
set -eu
. "$(dirname "$0")/lib.sh"

file=$1
shift
client='exec client send "$LAB_SERVER_ADDRESS" "$ECHO_PORT" "$@"'
if [ -z "$file" ]; then
    exec setup/exec.sh client sh -c "$client" client "$@"
fi
[ -f "$file" ] && [ -r "$file" ] || stop "FILE is \"$file\"; allowed: a readable file"
# Without a copy nothing was sent. The exit code 1 is that of a client that gave up.
folder=$(setup/exec.sh client mktemp -d </dev/null) || exit 2
forget() { setup/exec.sh client rm -r -- "$folder" </dev/null; }
at_exit forget
copy=$folder/$(basename -- "$file")
setup/exec.sh client sh -c 'cat >"$1"' sh "$copy" <"$file" || exit 2
setup/exec.sh client sh -c "$client" client --file "$copy" "$@"

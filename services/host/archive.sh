#!/bin/sh
# archive.sh DIRECTORY NAME FILE…: moves the files of the directory that exist to DIRECTORY/archive/<time>/, or to
# archive/<time>-<name>/ if NAME is not empty. Each run gets a new folder, so nothing is ever overwritten. Prints the
# folder, or nothing if there is nothing to move.
set -eu
cd "$1"
name=$2
shift 2
for file in "$@"; do
    [ -e "$file" ] || continue
    if [ -z "${folder-}" ]; then
        mkdir -p archive
        folder=archive/$(date -u +%Y-%m-%dT%H%M%SZ)${name:+-$name}
        until mkdir "$folder" 2>/dev/null; do
            # Two runs of one second. Any other failure ends the script with the message of mkdir.
            [ -d "$folder" ] || mkdir "$folder"
            folder=$folder+
        done
    fi
    mv "$file" "$folder/"
done
[ -z "${folder-}" ] || printf '%s\n' "$folder"

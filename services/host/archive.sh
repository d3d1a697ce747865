#!/bin/sh
# archive.sh DIRECTORY FILE…: moves those files of the directory that exist to DIRECTORY/archive/<time>/,
# a folder of their own, so that nothing is ever overwritten. Prints archive/<time>, or nothing when there is
# nothing to move.
set -eu
cd "$1"
shift
for file in "$@"; do
    [ -e "$file" ] || continue
    if [ -z "${folder-}" ]; then
        mkdir -p archive
        folder=archive/$(date -u +%Y-%m-%dT%H%M%SZ)
        until mkdir "$folder" 2>/dev/null; do
            # Exists: two runs in one second. Anything else stops here with mkdir's own words.
            [ -d "$folder" ] || mkdir "$folder"
            folder=$folder+
        done
    fi
    mv "$file" "$folder/"
done
[ -z "${folder-}" ] || printf '%s\n' "$folder"

#!/bin/sh
# grade.sh IN OUT [SHEETS] OPTION…: grades each hand-in of a folder, or one file, in a container of its own, and writes the grades to OUT.
# SHEETS is the folder with all sheets and their answers, by default sheets. It needs no running lab. Exits with 0 when nothing is flagged, 1 when something is, and 2 for bad input.
set -eu
. "$(dirname "$0")/lib.sh"

# absolute PATH: the path from the root.
absolute() {
    case "$1" in
        /*) printf '%s\n' "$1" ;;
        *) printf '%s\n' "$PWD/$1" ;;
    esac
}
from=$(absolute "$1")
out=$(absolute "$2")
in_typed=$1 out_typed=$2 sheets_typed=sheets
shift 2
case "${1--}" in
    -*) ;;
    *)
        sheets_typed=$1
        shift
        ;;
esac
sheets=$(absolute "$sheets_typed")
[ -e "$from" ] || stop "IN is \"$in_typed\", which does not exist; allowed: a folder with hand-ins, or one of them"
[ ! -e "$out" ] || [ -d "$out" ] || stop "OUT is \"$out_typed\", which is a file; allowed: a folder"

# The user of the judging containers may not be able to read the folder. Copies are readable there, and for nobody else here.
copies=$(mktemp -d)
at_exit 'rm -rf "$copies"'
mkdir "$copies/sheets"
for sheet in "$sheets"/*/sheet.json; do
    [ ! -f "$sheet" ] || cp -RL "${sheet%/sheet.json}" "$copies/sheets/" || exit 2
done
chmod -R a+rX "$copies/sheets"
sheets=$copies/sheets
[ "$(ls "$sheets")" ] || stop "SHEETS is \"$sheets_typed\", which has no sheet; allowed: a folder with sheets, NAME/sheet.json"

judged=$(mktemp -d)
at_exit 'rm -rf "$judged"'
count=0
# take FILE: gives a hand-in the next number. A link could lead anywhere.
take() {
    [ -f "$1" ] && [ ! -L "$1" ] || return 0
    count=$((count + 1))
    printf %s "$1" >"$judged/$(printf %05d "$count").path"
    printf %s "${1##*/}" >"$judged/$(printf %05d "$count").name"
}
if [ -d "$from" ]; then
    for file in "$from"/*.tgz; do take "$file"; done
    others=$(find "$from" -type f ! -name .\* ! -name key.pem | while IFS= read -r file; do
        case "${file#"$from"/}" in *.tgz) case "${file#"$from"/}" in */*) ;; *) continue ;; esac ;; esac
        printf '%s\n' "${file#"$from"/}"
    done | LC_ALL=C tr -d '\001-\011\013-\037\177')
    [ -z "$others" ] || say "not graded, because only files *.tgz right in $in_typed are hand-ins: $(printf '%s' "$others" | tr '\n' ' ')" >&2
else
    take "$from"
fi
[ "$count" -gt 0 ] || stop "IN is \"$in_typed\", which has no hand-in; allowed: files that make hand-in wrote, *.tgz"
mkdir -p "$out" || exit 2
. setup/reader.sh

label=$COMPOSE_PROJECT_NAME-grade-$$
# A container may outlast a docker command that is killed.
at_exit 'left=$(docker ps --quiet --filter "label=wirelab.grade=$label"); [ -z "$left" ] || docker rm --force $left >/dev/null 2>&1'
# The grades belong to the person. In containers of a rootless engine the person is root.
writer=$(id -u):$(id -g)
[ -z "$is_root" ] || writer=0:0
# 300 hand-ins with results of 3 MB each took four minutes on a busy machine.
compare_seconds=1800
# in_grader COMMAND OPTION…: the program that writes the grades.
in_grader() {
    # shellcheck disable=SC2086
    docker run --rm --init $selinux --label "wirelab.grade=$label" --user "$writer" \
        --network none --cap-drop ALL --security-opt no-new-privileges:true --read-only --tmpfs /tmp --env HOME=/tmp \
        --memory 1g --memory-swap 1g --pids-limit 64 --env LAB_OPTION_NAMES --env "GRADES_DIR=$(shown "$out")" \
        --mount "$(mount "$judged" /judged),readonly" --mount "$(mount "$sheets" /sheets),readonly" --mount "$(mount "$out" /grades)" \
        --entrypoint timeout "$LAB_IMAGES/capture" -s KILL "$compare_seconds" node analysis/sheets/main.ts "$@"
}
# Before the hand-ins are judged, which may take minutes.
in_grader begin-grading

export label judged count sheets student selinux
began=$(date +%s)
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || jobs=2
find "$judged" -name '*.name' | sed 's|.*/||; s|\.name$||' | sort | xargs -n 1 -P "$jobs" setup/judge.sh || true
took=$(($(date +%s) - began))
say "graded $count in $took s, $jobs at a time"

code=0
in_grader collect "$@" || code=$?
# Node itself ends with 134 when its memory is full.
case "$code" in
    134 | 137)
        stop "the grades were not written, because to compare $count hand-ins took more than $((compare_seconds / 60)) minutes or 1 GB of memory" \
            'cure: grade fewer at once, such as those of one sheet; copies are found among those of one folder'
        ;;
esac
exit "$code"

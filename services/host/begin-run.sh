#!/bin/sh
# Begins a run in the captures folder, or continues the run of this container: a run lasts as long as the container of
# the server host. The files of an earlier run go to the archive. All files belong to the owner of the folder. Each server
# may write its own journal. Both may write the record of the run and the TLS keys. The file .run-name has the name that
# make up NAME=… gave.
set -eu
. "${0%/*}/journals.sh"
cd /captures

# Docker mounts /etc/hostname from a folder that is named after the container's id.
container=$(awk '$5 == "/etc/hostname" { print $4 }' /proc/self/mountinfo | grep -oE '[0-9a-f]{64}' | head -n 1)
[ -z "$container" ] || ! head -n 1 lab.log 2>/dev/null | grep -qF "\"container\":\"$container\"" || exit 0

if [ -e lab.log ] && ! flock --shared --wait 1 lab.log true; then
    echo 'another lab that is up writes to this captures folder; each lab needs its own (LAB_CAPTURES_DIR)' >&2
    exit 1
fi
archived=$("${0%/*}/archive.sh" . "$(sed -n '1s/.*"name":"\([^"]*\)".*/\1/p' lab.log 2>/dev/null)" server.pcap* server.*.pcap* client.pcap* client.*.pcap* \
    wire.pcap* wire.*.pcap* http.log echo.log wire.log flow.log lab.log tls.keys ./*.saved-* demo.json report.html report.json \
    sheet.json sheet.html answers.log program.log)
rm -rf .run

for name in http.log echo.log tls.keys; do make_journal "$name"; done
# The run has begun as soon as lab.log is there, so it comes last and in one step.
make_journal lab.log .lab.log
printf '{"timestamp":"%s","event":"run","project":"%s","container":"%s","drawn_seed":"%s","name":"%s","archived":"%s"}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$PROJECT" "$container" "$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')" \
    "$(find .run-name -mmin -1 -exec cat {} + 2>/dev/null)" "$archived" >.lab.log
rm -f .run-name
mv .lab.log lab.log

#!/bin/sh
# Begins a run in the captures folder, or continues the one that this container has begun: a run lasts as long as the
# container of the server host. What an earlier run left goes to the archive. The files belong to the owner of the
# folder; each server may write its own journal, and both the record of the run and the keys of TLS.
set -eu
. "${0%/*}/journals.sh"
cd /captures

# Docker mounts this file from a folder that is called by the container's id.
container=$(awk '$5 == "/etc/hostname" { print $4 }' /proc/self/mountinfo | grep -oE '[0-9a-f]{64}' | head -n 1)
[ -z "$container" ] || ! head -n 1 lab.log 2>/dev/null | grep -qF "\"container\":\"$container\"" || exit 0

if [ -e lab.log ] && ! flock --shared --wait 1 lab.log true; then
    echo 'another lab that is up writes to this captures folder; allowed: a folder of its own, by LAB_CAPTURES_DIR' >&2
    exit 1
fi
archived=$("${0%/*}/archive.sh" . server.pcap* server.*.pcap* client.pcap* client.*.pcap* \
    http.log echo.log lab.log tls.keys ./*.saved-* demo.json report.html report.json)
rm -rf .run

for name in http.log echo.log tls.keys; do make_journal "$name"; done
# Last, and at once: with it the run has begun.
make_journal lab.log .lab.log
printf '{"timestamp":"%s","event":"run","project":"%s","container":"%s","seed":"%s","archived":"%s"}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$PROJECT" "$container" "$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')" "$archived" >.lab.log
mv .lab.log lab.log

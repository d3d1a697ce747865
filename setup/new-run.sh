#!/bin/sh
# Gives a new run its captures folder: the lab's files of an earlier run go to the archive, and the journals are
# made here, so that they belong to the person who runs make. The servers write them by that person's group and
# may do nothing else in the folder. Prints where an earlier run went, archive/<time>, if there was one.
set -eu
. "$(dirname "$0")/lib.sh"

mkdir -p "$LAB_CAPTURES_DIR"
cd "$LAB_CAPTURES_DIR"
"$OLDPWD/services/capture/archive.sh" . server.pcap* server.*.pcap* client.pcap* client.*.pcap* $journals \
    tls.keys demo.json report.html report.json
for journal in $journals; do : >"$journal"; done
chmod u+rwx,g=rx,o+x .
chmod 664 $journals
chown "$LAB_UID:$LAB_GID" . $journals
[ "$LAB_TLS_KEYLOG" != 1 ] || "$OLDPWD/setup/key-log.sh"
[ ! -d archive ] || chown -R "$LAB_UID:$LAB_GID" archive

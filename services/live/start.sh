#!/bin/sh
# start.sh: switches to user 10001, with the group that may read the key log, and runs the live view.
set -eu
# A run without TLS has no key log.
exec setpriv --reuid 10001 --regid 10001 --groups "$(stat -c %g /captures/tls.keys /captures | paste -s -d ,)" \
    --inh-caps=-all --ambient-caps=-all node services/live/main.ts

#!/bin/sh
# start.sh: switches to user 10001, with the groups that may read the captures and the key log, and runs the live view once the
# run has begun. A run that is played began long ago.
set -eu
groups=10004,$(stat -c %g /captures)
[ ! -e /captures/tls.keys ] || groups=$groups,$(stat -c %g /captures/tls.keys)
# The page's modules lose their types by a function that Node calls experimental.
set -- node --disable-warning=ExperimentalWarning services/live/main.ts
[ -n "$PLAYED" ] || set -- services/host/join.sh "$@"
exec setpriv --reuid 10001 --regid 10001 --groups "$groups" --inh-caps=-all --ambient-caps=-all "$@"

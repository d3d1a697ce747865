#!/bin/sh
# Writes the packets of this host that match the filter to /captures/$HOST.pcap, as the owner of that folder, and checks
# that they arrive there. They do not if the disk is full, if the file was deleted, replaced or changed, or if tcpdump
# ended. Then it goes on in a new file as soon as it can, and records what is missing. A full file gets a number
# (rotate.sh), so $HOST.pcap is always the newest. The capture of the server host also keeps the journals (keep.sh).
set -u
here=$(cd "$(dirname "$0")" && pwd)

if [ "${1-}" != as-owner ]; then
    owner=$(stat -c %u:%g /captures)
    # The groups of the servers, because it can restore their journals.
    exec setpriv --reuid "${owner%:*}" --regid "${owner#*:}" --groups 10002,10003,10004,10005 \
        --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw "$here/../host/join.sh" "$0" as-owner
fi

cd /captures || exit 1
. "$here/ring.sh"
. "$here/record.sh"
. "$here/tcpdump.sh"
. "$here/watch.sh"
. "$here/keep.sh"
. "$here/../host/journals.sh"

ending=
trap 'ending=yes' TERM INT
resume
number_all

trap : CHLD # ends the sleep when tcpdump ends
while [ -z "$ending" ]; do
    look
    [ -z "$why$gap" ] || go_on
    write_record
    [ "$HOST" != server ] || keep_journals
    say_state
    # A lost interface comes back only when the container starts again.
    [ -e /sys/class/net/eth0 ] || break
    sleep 2 &
    wait $!
done
finish
[ "$HOST" != server ] || forget_kept
# When hosts start again, Compose ends this container next. A process that has just begun would miss that signal, and Docker
# would wait 10 s. So stay a little longer.
trap - CHLD # the earlier sleep may still end
[ -n "$ending" ] || { sleep 3 & wait $!; }
[ -n "$ending" ]

#!/bin/sh
# filter.sh OPTION…: joins both ends by a wirefilter with these options, in place of the earlier one.
set -eu
pid=/tmp/wirefilter.pid
if [ -e "$pid" ]; then
    earlier=$(cat "$pid")
    kill "$earlier"
    while kill -0 "$earlier" 2>/dev/null; do sleep 0.05; done
    rm -f "$pid"
fi
exec wirefilter --daemon --pidfile "$pid" -v /sockets/near:/sockets/far "$@"

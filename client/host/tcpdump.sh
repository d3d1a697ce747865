#!/bin/sh
# As root, tcpdump would switch to a user who may not write here. -Z root stops that; for other users it changes nothing.
exec /usr/bin/tcpdump -Z root "$@"

#!/bin/bash
# An echo server that serves one connection until its end before it accepts the next one.
exec socat "TCP-LISTEN:$1,reuseaddr,backlog=32,fork,max-children=1" PIPE

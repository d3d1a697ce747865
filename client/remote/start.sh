#!/bin/sh
# start.sh: runs the program that serves the live view in the client host. This shell is the first process of the container
# and removes the zombies of ended shells, which Node would leave.
set -eu
node /lab/client/remote/main.ts &
wait $!

#!/bin/sh
# start.sh: switches to the owner of the captures folder, in the group of the folder of the socket, and runs the program.
set -eu
owner=$(stat -c %u:%g /captures)
exec setpriv --reuid "${owner%:*}" --regid "${owner#*:}" --groups 10001 \
    --inh-caps=-all --ambient-caps=-all --bounding-set=-all \
    node services/answers/main.ts

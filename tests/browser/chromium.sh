#!/bin/sh
# chromium.sh OPTION…: Chromium in a container, for a program that talks to it by descriptors 3 and 4. A container has standard
# input and output alone, so these carry what is said. BROWSER_IMAGE, BROWSER_NAME, BROWSER_NETWORK and BROWSER_USER: as the
# options of docker run.
set -eu
# The shell in the container knows its arguments.
# shellcheck disable=SC2016
exec docker run --rm --init --interactive --name "$BROWSER_NAME" --label wirelab.part=browser --network "$BROWSER_NETWORK" \
    --cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp --user "$BROWSER_USER" \
    --entrypoint sh "$BROWSER_IMAGE" -c 'exec chromium "$@" 3<&0 4>&1 </dev/null >&2' chromium "$@" <&3 >&4 3<&- 4>&-

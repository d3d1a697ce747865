#!/bin/sh
# demo.sh [SECONDS]: makes the experiments of the seed documents, one after another, on fresh captures, then asks the
# packets whether each came out as expected, and writes annotated captures and the report. SECONDS shortens the
# time-out of the balance requests, which is 10 s. Each experiment is found again by the profile that it sets here;
# analysis/experiments/ has the same ones. Exits 1 when one does not agree.
set -eu
. "$(dirname "$0")/lib.sh"

. setup/checks.sh

timeout=${1:-10}
in_range "$timeout" 1 2000 || stop "TIMEOUT is \"$timeout\"; allowed: whole seconds from 1 to 2000"
export LAB_SEED="${LAB_SEED:-demo}" ECHO_MODE=echo ECHO_DELAY_SECONDS=1 ECHO_LOSS=notice ECHO_IDLE_SECONDS=60 ECHO_FAULTS=none ECHO_TCP_FAULTS='' ECHO_UDP_FAULTS='' \
    HTTP_FAULTS=timeout=0.2,403=0.2,500=0.1 HTTP_TIMEOUT_SECONDS="$((timeout * 3 / 2 + 1))" \
    LAB_TOKEN='' LAB_BASIC='' LAB_MTLS=0 LAB_TLS_MIN=1.3 LAB_TLS_KEYLOG=1

# What a client prints is for its own experiments: here the packets speak. A message may well be given up.
client() { setup/exec.sh client "$@" >/dev/null 2>&1 </dev/null || true; }
faults() { setup/exec.sh echo faults "$@" >/dev/null; }
echo_once() { client sh -c 'echo Test1 | nc -N -w 5 "$0" "$1"' "$LAB_SERVER_ADDRESS" "$ECHO_PORT"; }
echo_client() { client client echo "$LAB_SERVER_ADDRESS" "$ECHO_PORT" "$@"; }

lock_lab 'make demo'
setup/images.sh
read_containers
if [ -n "$containers" ]; then
    say 'the lab that is up ends; its captures go to the archive'
    quietly setup/down.sh
fi

# What is said three times; analysis/experiments/three-ways.ts looks for it.
login=student:correct-horse
say_it() {
    client curl --silent --user "$login" --header 'Host: server-host' --cacert /certificates/ca.pem "$1"
    shift
    client client echo server-host "$@" --protocol tcp --message 'The exam is on Monday'
}
say '3.1.4  a login and a message three ways: plain text, TLS, TLS whose keys are kept'
quietly env LAB_BASIC="$login" LAB_TLS_KEYLOG=0 setup/up.sh
say_it "http://server-host:$HTTP_PORT/login" "$ECHO_PORT"
say_it "https://server-host:$HTTPS_PORT/login" "$ECHO_TLS_PORT" --tls
quietly env LAB_BASIC="$login" setup/up.sh
say_it "https://server-host:$HTTPS_PORT/login" "$ECHO_TLS_PORT" --tls

say '3.1    plain text to the sink'
quietly env ECHO_MODE=sink setup/up.sh
client sh -c 'echo "Hello from Client" | nc -N -w 1 "$0" "$1"' "$LAB_SERVER_ADDRESS" "$ECHO_PORT"
quietly setup/up.sh

say '3.2.2  delay, loss and corruption of an echo'
for fault in delay loss corruption; do
    faults --tcp "script:$fault"
    echo_once
done

say '3.3.3  a client that asks again: loss three times, a delay beyond its time-out, corruption'
faults --tcp script:loss,loss,loss
echo_client --protocol tcp --message Hey
faults --tcp script:delay,none
echo_client --protocol tcp --message Hey --timeout 0.75
faults --tcp script:corruption,none
echo_client --protocol tcp --message Test3

say '3.3.1  the same over UDP'
faults --udp script:loss,corruption,none
echo_client --protocol udp --message Hey

say "twenty balance requests, each given $timeout s"
client client balance "$LAB_SERVER_ADDRESS" "$HTTP_PORT" --timeout "$timeout"

say 'go-back-N over a wire that loses one datagram in five'
faults --udp loss=0.2
client client send "$LAB_SERVER_ADDRESS" "$ECHO_PORT" --protocol-mode go-back-n --count 60 --window 8

say 'asking the packets'
setup/inspect.sh check || failed=$?
setup/inspect.sh annotate
setup/inspect.sh report
say 'the lab is up with the settings of the demo; make down ends it, and the next make up begins a run of yours'
exit "${failed:-0}"

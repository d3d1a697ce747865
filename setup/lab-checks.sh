# Checks of a running lab, one function each, for `make status`, `make doctor` and `make up`. Sourced after lib.sh. Each
# calls `ok NAME DETAIL` or `problem NAME DETAIL CURE…`. The caller defines both.
. setup/wire-steps.sh

# up_cure: what make up does here. A run ends with the container of its server host, or with the last program.
up_cure() {
    if printf '%s\n' "$containers" | grep -q '^server-host' && printf '%s\n' "$containers" | grep -qE "$(printf '\t')(running|paused)$(printf '\t')"; then
        echo 'make up, which continues this run'
    else
        echo 'make up, which begins a new run'
    fi
}

# has_folder: true if the captures folder is still the one that the lab writes to.
has_folder() { [ -e "$(captures_folder)/lab.log" ]; }

check_lab() {
    check_hosts
    check_hop
    check_growth
    check_journals
    check_space
    check_datagrams
    check_live
}

# Prints a line for each container that is not well: its service, a word for the problem, and a detail. A program joins the
# network namespace that its host has at that moment, and a host that starts again has a new one. A person can have
# disconnected a host from its network. A health check that exits 3 means that the program works but can't write its file.
# check_growth and check_journals report that.
unwell() {
    docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" \
        --filter label=com.docker.compose.container-number |
        xargs docker inspect --format '{{.Id}} {{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{.State.StartedAt}} {{.HostConfig.NetworkMode}} {{if index .NetworkSettings.Networks "'"${COMPOSE_PROJECT_NAME}_lab"'"}}lab{{else}}-{{end}} {{with index .State "Health"}}{{.Status}}{{range .Log}} {{.ExitCode}}{{end}}{{end}}' |
        awk '
            # Docker leaves out trailing zeros of fractions.
            function time(text) { sub(/Z$/, "", text); return substr(text (text ~ /\./ ? "" : ".") "000000000", 1, 29) }
            { id[NR] = $1; service[NR] = $2; state[NR] = $3; began[NR] = time($4); mode[NR] = $5; network[NR] = $6; health[NR] = $7; code[NR] = $NF; of[$1] = NR }
            END {
                # A removed container is seen by its absence.
                wanted = "certificates server-host http echo capture-server client-host client capture-client"
                for (i = 1; i <= NR; i++) if (service[i] ~ /^(wire-host|wire|capture-wire)$/) { wanted = wanted " wire-host wire capture-wire"; break }
                count = NR ? split(wanted, each, " ") : 0
                for (i = 1; i <= NR; i++) there[service[i]]
                for (i = 1; i <= count; i++) if (!(each[i] in there)) print each[i], "removed"
                for (i = 1; i <= NR; i++) {
                    joined = mode[i] ~ /^container:/
                    host = joined ? of[substr(mode[i], 11)] : 0
                    if (joined && !host) print service[i], "hostless"
                    else if (service[i] ~ /-host$/ && network[i] != "lab") print service[i], "disconnected"
                    else if (state[i] == "paused") print service[i], "paused"
                    else if (state[i] != "running") print service[i], "stopped", state[i]
                    else if (joined && began[i] < began[host]) print service[i], "astray", service[host]
                    else if (health[i] == "unhealthy" && code[i] != 3) print service[i], "silent"
                }
            }' | sort
}

check_hosts() {
    found=$(unwell | while read -r service what detail; do
        case "$what" in
            disconnected) echo "$service was disconnected from ${COMPOSE_PROJECT_NAME}_lab" ;;
            removed) echo "$service has no container: it was removed" ;;
            hostless) echo "$service has no host: its container was removed" ;;
            paused) echo "$service is paused" ;;
            stopped) echo "$service is not running ($detail)" ;;
            astray) echo "$service is off the network: $detail has restarted without it" ;;
            silent) echo "$service does not answer" ;;
        esac
    done)
    if [ -n "$found" ]; then
        problem hosts "$found" "$(up_cure)"
    else
        ok hosts 'each program is on its host and answers'
    fi
}

# captured_hosts: the hosts that have a capture.
captured_hosts() { echo "server client$(! has_wire || echo ' wire')"; }

# Checks that the packets of both hosts go through the wire if there is one, and that its program takes them.
check_hop() {
    use_settings_of_lab LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS LAB_WIRE_ADDRESS
    diverted=
    [ -z "$(route client show "$LAB_SERVER_ADDRESS" 2>/dev/null)" ] || diverted="$diverted client"
    [ -z "$(route server show "$LAB_CLIENT_ADDRESS" 2>/dev/null)" ] || diverted="$diverted server"
    if ! has_wire; then
        [ -z "$diverted" ] ||
            problem wire "there is no wire, and packets of the$diverted host still go to $LAB_WIRE_ADDRESS" 'make wire OFF=1'
        return
    fi
    carrier=$(docker exec "$COMPOSE_PROJECT_NAME-wire-host-1" cat /sys/class/net/tun0/carrier 2>/dev/null) || carrier=
    if [ "$carrier" = 1 ] && [ "$diverted" = ' client server' ]; then
        ok wire 'the packets of both hosts go through it'
    elif [ "$carrier" = 0 ]; then
        problem wire 'its program does not run, so packets pass without a fault and without an entry' "$(up_cure)"
    elif [ -z "$carrier" ]; then
        problem wire "its host does not run, so the packets of the${diverted:- two} host are lost" "$(up_cure); or make wire OFF=1"
    else
        problem wire "only the packets of the${diverted:- neither} host go through it" "$(up_cure)"
    fi
}

# captures_folder: the captures folder of the running lab, whatever LAB_CAPTURES_DIR is now.
captures_folder() {
    found=$(captures_of_lab)
    printf '%s\n' "${found:-$LAB_CAPTURES_DIR}"
}

shown_folder() {
    found=$(captures_folder)
    printf '%s\n' "${found#"$PWD"/}"
}

# capture_records HOST: the records of its capture in this run, a line of JSON each. If the disk is full, only the container
# has them.
capture_records() {
    { docker logs "$COMPOSE_PROJECT_NAME-capture-$1-1" 2>/dev/null; cat "$(captures_folder)/lab.log" 2>/dev/null; } |
        grep "\"program\":\"capture\",\"host\":\"$1\"" | sort -u
}

# gaps: reads such records, and prints a line for each gap.
gaps() {
    sed -nE 's/.*"event":"gap","from":"([^"]*)","to":"([^"]*)","packets":([0-9]+),"reason":"(.*)"\}$/\3 packets are missing from \1 to \2: \4/p'
}

# sum NAME: reads such records, and adds up the numbers with that name.
sum() {
    sed -nE "s/.*\"$1\":([0-9]+).*/\1/p" | awk '{ n += $1 } END { print n + 0 }'
}

# no_room: reads such records, and prints a line if the kernel had no room for packets.
no_room() {
    all=$(sum dropped)
    [ "$all" -eq 0 ] || (
        use_settings_of_lab LAB_CAPTURE_BUFFER_KIB
        printf 'the kernel had no room for %s packets; give it a larger buffer: LAB_CAPTURE_BUFFER_KIB=%s make up\n' "$all" "$((LAB_CAPTURE_BUFFER_KIB * 4))"
    )
}

# Checks that the packets of each host get into its capture, as the sidecar reports.
check_growth() {
    said=
    for host in $(captured_hosts); do
        state=$(docker exec "$COMPOSE_PROJECT_NAME-capture-$host-1" cat /tmp/state 2>/dev/null) || state='the capture does not run'
        case "$state" in
            capturing*) ;;
            *) said="$said$host.pcap: $state
" ;;
        esac
    done
    case "$said" in
        *'does not run'*)
            problem capture "${said%?}" "$(up_cure)" && return ;;
        *'No such device'* | *'device is not up'*)
            problem capture "${said%?}" "$(up_cure) (its host has lost the network interface)" && return ;;
        *': No such file or directory'*)
            problem capture "${said%?}" 'make down, then make up (the folder was removed)' && return ;;
        ?*)
            problem capture "${said%?}" "make room in $(shown_folder), or make it writable again; then the capture continues by itself" && return ;;
    esac
    said=$(for host in $(captured_hosts); do
        records=$(capture_records "$host")
        { printf '%s\n' "$records" | gaps && printf '%s\n' "$records" | no_room; } | sed "s/^/$host.pcap: /"
    done)
    if [ -n "$said" ]; then
        problem capture "$said" 'make down, then make up: a new run has complete captures'
    else
        ok capture 'all packets get into the captures'
    fi
}

# Checks that the servers can write their journals and the TLS keys, as they report themselves.
check_journals() {
    said=
    silent=
    for server in http echo $(! has_wire || echo wire); do
        answer=$(docker exec --user 10001 "$COMPOSE_PROJECT_NAME-$server-1" sh -c \
            'curl -s --max-time 5 --unix-socket "$CONTROL_SOCKET" http://localhost/health' 2>/dev/null) || true
        [ -n "$answer" ] || silent="$silent $server"
        found=$(printf '%s\n' "$answer" | sed -nE 's/.*"problems":\["(.*)"\].*/\1/p' | awk '{ gsub(/","/, "\n"); print }')
        [ -z "$found" ] || said="$said$found
"
    done
    if [ -n "$said" ] && ! has_folder; then
        problem journals "${said%?}" 'make down, then make up (the folder was removed)'
    elif [ -n "$said" ]; then
        problem journals "${said%?}" "make room in $(shown_folder), or make it writable again; then they continue by themselves"
    elif [ -n "$silent" ]; then
        problem journals "not known, because these do not say:$silent" \
            "$(up_cure); half a minute after the problem began, it knows what to repair"
    else
        ok journals 'every decision is in its journal'
    fi
}

# Checks that there is room for the captures to grow.
check_space() {
    folder=$(captures_folder)
    while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
    use_settings_of_lab LAB_CAPTURE_FILE_MB LAB_CAPTURE_FILES
    free=$(df -Pk "$folder" | awk 'END { print int($4 / 1024) }')
    most=$(($(captured_hosts | wc -w) * LAB_CAPTURE_FILES * LAB_CAPTURE_FILE_MB))
    taken=$(du -ck "$folder"/server.*pcap "$folder"/client.*pcap "$folder"/wire.*pcap 2>/dev/null | awk 'END { print int($1 / 1024) }')
    wanted=$((most > taken ? most - taken : 0))
    little=$((wanted < 200 ? wanted : 200))
    if [ "$free" -lt "$little" ]; then
        problem space "$free MB are free in $(shown_folder); the captures may need $wanted MB more" \
            'remove old runs from archive/, or keep less: LAB_CAPTURE_FILES and LAB_CAPTURE_FILE_MB'
    elif [ "$free" -lt "$wanted" ]; then
        ok space "$free MB are free in $(shown_folder), less than the $wanted MB that the captures may still need"
    else
        ok space "$free MB are free; the captures may need $wanted MB more"
    fi
}

# Reports UDP datagrams that arrived too fast for the echo server. The kernel counts them since the start of that server.
check_datagrams() {
    use_settings_of_lab ECHO_PORT
    lost=$(docker exec "$COMPOSE_PROJECT_NAME-echo-1" cat /proc/net/udp /proc/net/udp6 2>/dev/null |
        awk -v port="$(printf '%04X' "$ECHO_PORT")" '{ split($2, local, ":") } local[2] == port { lost += $NF } END { print lost + 0 }')
    if [ "$lost" -gt 0 ]; then
        ok datagrams "$lost UDP datagrams arrived too fast for the echo server, and the kernel dropped them; the captures have them"
    else
        ok datagrams 'the echo server lost no UDP datagram'
    fi
}

# Says where the live view is, if there is one.
check_live() {
    has_live || return 0
    use_settings_of_lab LIVE_PORT LIVE_ADDRESS LIVE_CLASS_PORT
    class=
    case "$LIVE_ADDRESS" in 127.*) ;; *) class=", and at port $LIVE_CLASS_PORT for a class" ;; esac
    ok 'live view' "it is at port $LIVE_PORT for browsers of this machine$class; make live prints its links"
}

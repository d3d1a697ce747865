# What can be wrong with a lab that is up, one function each, for `make status`, `make doctor` and `make up`. Sourced
# after lib.sh. Each calls `ok NAME DETAIL` or `problem NAME DETAIL CURE…`, which the caller defines.

check_lab() {
    check_hosts
    check_growth
    check_journals
    check_space
    check_datagrams
}

# Every container of the lab that is not well, a line each: service, a word for what is wrong with it, and a detail. A
# program joins the network namespace that its host has when the program starts: a host that starts again has another.
# One whose health check exits 3 does its work, and can't write it down: check_growth and check_journals say that.
unwell() {
    docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" \
        --filter label=com.docker.compose.container-number |
        xargs docker inspect --format '{{.Id}} {{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{.State.StartedAt}} {{.HostConfig.NetworkMode}} {{with index .State "Health"}}{{.Status}}{{range .Log}} {{.ExitCode}}{{end}}{{end}}' |
        awk '
            # Fractions of a second have as many digits as they need.
            function time(text) { sub(/Z$/, "", text); return substr(text (text ~ /\./ ? "" : ".") "000000000", 1, 29) }
            { id[NR] = $1; service[NR] = $2; state[NR] = $3; began[NR] = time($4); mode[NR] = $5; health[NR] = $6; code[NR] = $NF; of[$1] = NR }
            END {
                for (i = 1; i <= NR; i++) {
                    joined = mode[i] ~ /^container:/
                    host = joined ? of[substr(mode[i], 11)] : 0
                    if (joined && !host) print service[i], "hostless"
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
            hostless) echo "the host of $service was removed" ;;
            paused) echo "$service is paused" ;;
            stopped) echo "$service is not running ($detail)" ;;
            astray) echo "$service is off the network: $detail was started again without it" ;;
            silent) echo "$service does not answer" ;;
        esac
    done)
    if [ -n "$found" ]; then
        problem hosts "$found" 'make up, which goes on with this run'
    else
        ok hosts 'each program is on its host, and answers'
    fi
}

# captures_folder: where the files of the lab that is up go, whatever LAB_CAPTURES_DIR says now.
captures_folder() {
    found=$(captures_of_lab)
    printf '%s\n' "${found:-$LAB_CAPTURES_DIR}"
}

shown_folder() {
    found=$(captures_folder)
    printf '%s\n' "${found#"$PWD"/}"
}

# capture_records HOST: what its capture has recorded in this run, a line of JSON each: of a disk that is full the
# container alone has them.
capture_records() {
    { docker logs "$COMPOSE_PROJECT_NAME-capture-$1-1" 2>/dev/null; cat "$(captures_folder)/lab.log" 2>/dev/null; } |
        grep "\"program\":\"capture\",\"host\":\"$1\"" | sort -u
}

# gaps: of such records, the packets that are missing, a line for each gap.
gaps() {
    sed -nE 's/.*"event":"gap","from":"([^"]*)","to":"([^"]*)","packets":([0-9]+),"reason":"(.*)"\}$/\3 packets are missing, from \1 to \2: \4/p'
}

# sum NAME: of such records, what they have under a name, over the run.
sum() {
    sed -nE "s/.*\"$1\":([0-9]+).*/\1/p" | awk '{ n += $1 } END { print n + 0 }'
}

# no_room: of the records of a capture, the packets that the kernel had no room for, in a line.
no_room() {
    all=$(sum dropped)
    [ "$all" -eq 0 ] || (
        use_settings_of_lab LAB_CAPTURE_BUFFER_KIB
        printf 'the kernel had no room for %s packets; give it more: LAB_CAPTURE_BUFFER_KIB=%s make up\n' "$all" "$((LAB_CAPTURE_BUFFER_KIB * 4))"
    )
}

# That what passes each host gets into its capture, as the sidecar has seen.
check_growth() {
    said=
    for host in server client; do
        state=$(docker exec "$COMPOSE_PROJECT_NAME-capture-$host-1" cat /tmp/state 2>/dev/null) || state='the capture does not run'
        case "$state" in
            capturing*) ;;
            *) said="$said$host.pcap: $state
" ;;
        esac
    done
    case "$said" in
        *'does not run'*)
            problem capture "${said%?}" 'make up, which goes on with this run' && return ;;
        *'No such device'*)
            problem capture "${said%?}" 'the network of the host is another since it was started again: make up, which goes on with this run' && return ;;
        *': No such file or directory'*)
            problem capture "${said%?}" 'the folder was removed: make down, then make up' && return ;;
        ?*)
            problem capture "${said%?}" "make room in $(shown_folder), or make it writable again; the capture goes on by itself then" && return ;;
    esac
    said=$(for host in server client; do
        records=$(capture_records "$host")
        { printf '%s\n' "$records" | gaps && printf '%s\n' "$records" | no_room; } | sed "s/^/$host.pcap: /"
    done)
    if [ -n "$said" ]; then
        problem capture "$said" 'make down, then make up: a new run has whole captures'
    else
        ok capture 'each packet gets into the captures'
    fi
}

# That what the servers decide gets into their journals, and the keys of TLS beside them, as they say themselves.
check_journals() {
    said=
    for server in http echo; do
        found=$(docker exec "$COMPOSE_PROJECT_NAME-$server-1" sh -c \
            'curl -s --max-time 5 --unix-socket "$CONTROL_SOCKET" http://localhost/health' 2>/dev/null |
            sed -nE 's/.*"problems":\["(.*)"\].*/\1/p' | awk '{ gsub(/","/, "\n"); print }')
        [ -z "$found" ] || said="$said$found
"
    done
    if [ -n "$said" ]; then
        problem journals "${said%?}" "make room in $(shown_folder), or make it writable again; they go on by themselves then"
    else
        ok journals 'each answer is in its journal'
    fi
}

# Room for what the captures may still grow by.
check_space() {
    folder=$(captures_folder)
    while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
    use_settings_of_lab LAB_CAPTURE_FILE_MB LAB_CAPTURE_FILES
    free=$(df -Pk "$folder" | awk 'END { print int($4 / 1024) }')
    most=$((2 * LAB_CAPTURE_FILES * LAB_CAPTURE_FILE_MB))
    taken=$(du -ck "$folder"/server.*pcap "$folder"/client.*pcap 2>/dev/null | awk 'END { print int($1 / 1024) }')
    wanted=$((most > taken ? most - taken : 0))
    little=$((wanted < 200 ? wanted : 200))
    if [ "$free" -lt "$little" ]; then
        problem space "$free MB are free in $(shown_folder); the captures may take $wanted MB more" \
            'remove what is not needed there, such as old runs in archive/, or keep less: LAB_CAPTURE_FILES and LAB_CAPTURE_FILE_MB'
    elif [ "$free" -lt "$wanted" ]; then
        ok space "$free MB are free in $(shown_folder), less than the $wanted MB that the captures may still take"
    else
        ok space "$free MB are free; the captures may take $wanted MB more"
    fi
}

# UDP datagrams that came faster than the echo server took them, as the kernel counts since that server's start.
check_datagrams() {
    use_settings_of_lab ECHO_PORT
    lost=$(docker exec "$COMPOSE_PROJECT_NAME-echo-1" cat /proc/net/udp /proc/net/udp6 2>/dev/null |
        awk -v port="$(printf '%04X' "$ECHO_PORT")" '{ split($2, local, ":") } local[2] == port { lost += $NF } END { print lost + 0 }')
    if [ "$lost" -gt 0 ]; then
        ok datagrams "$lost UDP datagrams came too fast for the echo server and were lost; they are in the captures"
    else
        ok datagrams 'no UDP datagram was lost at the echo server'
    fi
}

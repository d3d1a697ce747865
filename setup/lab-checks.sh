# What can be wrong with a lab that is up, one function each, for `make status`, `make doctor` and `make up`. Sourced
# after lib.sh. Each calls `ok NAME DETAIL` or `problem NAME DETAIL CURE…`, which the caller defines.

check_lab() {
    check_hosts
}

# Every container of the lab that is not well, a line each: service, a word for what is wrong with it, and a detail. A
# program joins the network namespace that its host has when the program starts: a host that starts again has another.
unwell() {
    docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" \
        --filter label=com.docker.compose.container-number |
        xargs docker inspect --format '{{.Id}} {{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{.State.StartedAt}} {{.HostConfig.NetworkMode}} {{with index .State "Health"}}{{.Status}}{{end}}' |
        awk '
            # Fractions of a second have as many digits as they need.
            function time(text) { sub(/Z$/, "", text); return substr(text (text ~ /\./ ? "" : ".") "000000000", 1, 29) }
            { id[NR] = $1; service[NR] = $2; state[NR] = $3; began[NR] = time($4); mode[NR] = $5; health[NR] = $6; of[$1] = NR }
            END {
                for (i = 1; i <= NR; i++) {
                    joined = mode[i] ~ /^container:/
                    host = joined ? of[substr(mode[i], 11)] : 0
                    if (joined && !host) print service[i], "hostless"
                    else if (state[i] != "running") print service[i], "stopped", state[i]
                    else if (joined && began[i] < began[host]) print service[i], "astray", service[host]
                    else if (health[i] == "unhealthy") print service[i], "silent"
                }
            }' | sort
}

check_hosts() {
    found=$(unwell | while read -r service what detail; do
        case "$what" in
            hostless) echo "the host of $service was removed" ;;
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

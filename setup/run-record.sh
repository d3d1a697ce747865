# The run that a captures folder has, by the first line of its lab.log, which the server host writes. Sourced after lib.sh.

# of_run FOLDER NAME: what it says under a name.
of_run() { sed -n "1s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$1/lab.log" 2>/dev/null; }

# is_own_run FOLDER: whether the server host of this lab began it, and not an earlier lab or another one.
is_own_run() {
    server_host=$(docker inspect --format '{{.Id}}' "$COMPOSE_PROJECT_NAME-server-host-1" 2>/dev/null) &&
        [ -n "$server_host" ] && [ "$(of_run "$1" container)" = "$server_host" ]
}

# forget_run FOLDER: removes its files, and the earlier run goes back from the archive to where it was.
forget_run() (
    archived=$(of_run "$1" archived)
    cd "$1" || exit
    rm -rf server.pcap server.*.pcap client.pcap client.*.pcap tls.keys .run
    # shellcheck disable=SC2086
    rm -f $journals
    [ -z "$archived" ] || { mv "$archived"/* . && rmdir "$archived"; }
)

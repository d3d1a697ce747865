# The run of a captures folder, by the first line of its lab.log. The server host writes that line. Sourced after lib.sh.

# of_run FOLDER NAME: the value of a field of that line.
of_run() { sed -n "1s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$1/lab.log" 2>/dev/null; }

# is_own_run FOLDER: true if the present server host of this lab began the run.
is_own_run() {
    server_host=$(docker inspect --format '{{.Id}}' "$COMPOSE_PROJECT_NAME-server-host-1" 2>/dev/null) &&
        [ -n "$server_host" ] && [ "$(of_run "$1" container)" = "$server_host" ]
}

# forget_run FOLDER: removes the files of the run, and moves the earlier run back from the archive.
forget_run() (
    archived=$(of_run "$1" archived)
    cd "$1" || exit
    rm -rf server.pcap server.*.pcap client.pcap client.*.pcap wire.pcap wire.*.pcap tls.keys .run
    # shellcheck disable=SC2086
    rm -f $journals
    [ -z "$archived" ] || { mv "$archived"/* . && rmdir "$archived"; }
)

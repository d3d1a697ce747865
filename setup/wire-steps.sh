# Inserts and removes the wire, and finds out where it is. Sourced after lib.sh. The caller has read `containers`.

# route HOST COMMAND…: runs route.sh in the network namespace of that host.
route() {
    route_host=$1
    shift
    docker exec --user 0 "$COMPOSE_PROJECT_NAME-$route_host-host-1" services/wire/route.sh "$@"
}

# direct_packets: sends the packets of both hosts directly to each other again.
direct_packets() {
    route client remove "$LAB_SERVER_ADDRESS"
    route server remove "$LAB_CLIENT_ADDRESS"
}

# divert_packets: sends the packets of both hosts to the wire.
divert_packets() {
    route server insert "$LAB_CLIENT_ADDRESS" "$LAB_WIRE_ADDRESS"
    route client insert "$LAB_SERVER_ADDRESS" "$LAB_WIRE_ADDRESS"
}

# in_wire COMMAND…: runs the command in the container of the wire, as the user of the program.
in_wire() { docker exec --user 10001 --env LAB_OPTION_NAMES "$COMPOSE_PROJECT_NAME-wire-1" "$@"; }

# wire_settings: prints the settings of the wire that have a value.
wire_settings() { env | grep -E '^WIRE_[A-Z_]+=.' || true; }

#!/bin/sh
# up.sh [NAME]: starts the whole lab, from whatever this machine has to healthy containers, or nothing at all. NAME is the
# name of a new run.
set -eu
# These can't change in a running lab: other ports, addresses or another TCP need another host, and another folder needs
# another run.
fixed='LAB_SUBNET LAB_SERVER_ADDRESS LAB_CLIENT_ADDRESS LAB_WIRE_ADDRESS HTTP_PORT HTTPS_PORT ECHO_PORT ECHO_TLS_PORT LAB_TCP_CONGESTION LAB_CAPTURES_DIR'
asked_for=" $(for name in $fixed; do eval "[ -z \"\${$name-}\" ] || printf '%s ' \"\$name\""; done)"
. "$(dirname "$0")/lib.sh"
. setup/checks.sh
. setup/run-record.sh
. setup/stopping.sh
. setup/started.sh
. setup/wire-steps.sh

lab_exec() { docker compose exec --no-TTY "$@" 2>/dev/null; }

# The files of a run belong to the owner of their folder. Under sudo, that is the person who typed it.
make_folders() {
    for folder in "$LAB_CAPTURES_DIR" "$LAB_WORK_DIR"; do
        [ ! -e "$folder" ] || continue
        mkdir -p "$folder"
        [ -z "${SUDO_UID-}" ] || chown "$SUDO_UID:${SUDO_GID-}" "$folder"
    done
}

# Checks what a new lab needs from this machine, before anything is built.
check_place() {
    check_subnet
    check_ports
    check_captures
    check_work
}

# Lists the settings that change who may use the servers, and what they do. Values are secrets.
in_force() {
    [ -z "$LAB_TOKEN" ] || echo 'LAB_TOKEN: HTTP wants it as a bearer token; the echo server wants an HMAC made with it'
    [ -z "$LAB_BASIC" ] || echo "LAB_BASIC: HTTP accepts this name and password$([ -z "$LAB_TOKEN" ] || echo ' too')"
    [ "$LAB_MTLS" != 1 ] || echo 'LAB_MTLS: over TLS, the servers want a certificate from the lab'"'"'s CA'
    case ",${COMPOSE_PROFILES-}," in *,wire,*) echo "wire between both hosts, $LAB_WIRE_ADDRESS: make wire shows it" ;; esac
    [ "$ECHO_MODE" != sink ] || echo 'ECHO_MODE=sink: the echo server prints messages and does not answer'
}

# Lists the settings that a running lab had until now and that are others now. A server that restarts begins at draw 1.
changed() {
    printf '%s\n' "$of_lab" | grep -E '^(LAB|HTTP|ECHO|WIRE|FLOW|LIVE)_[A-Z_]+=' | sort -u | while IFS= read -r setting; do
        name=${setting%%=*}
        case " $fixed LAB_SEED " in *" $name "*) continue ;; esac
        now=$(printenv "$name") || continue
        [ "$setting" != "$name=$now" ] || continue
        case "$name" in
            LAB_TOKEN | LAB_BASIC) echo "$name" ;;
            *)
                before=${setting#*=}
                printf '%s: %s → %s\n' "$name" "${before:-empty}" "${now:-empty}"
                ;;
        esac
    done
}

run_name=${1-}
case "$run_name" in
    [!A-Za-z0-9]* | *[!A-Za-z0-9._-]* | ?????????????????????????????????????????*)
        stop "NAME is \"$run_name\"; allowed: up to 40 letters, digits, -, _ and ., with a letter or digit first"
        ;;
esac

lock_lab 'make up'
check_settings
check_congestion
if containers=$(lab_containers 2>/dev/null); then
    are_of_this_folder
    use_present
else
    setup/engine.sh
    read_containers
fi
setup/images.sh --look &
look=$!
[ -n "$containers" ] || check_place
wait "$look" || setup/images.sh
running=
# A run ends together with the container of its server host.
if printf '%s\n' "$containers" | grep -q '^server-host' && printf '%s\n' "$containers" | grep -qE "$(printf '\t')(running|paused)$(printf '\t')"; then
    running=yes
    present_name=$(of_run "$(captures_of_lab)" name) || present_name=
    called='has no name'
    [ -z "$present_name" ] || called="is called $present_name"
    [ -z "$run_name" ] || [ "$run_name" = "$present_name" ] ||
        stop "NAME is \"$run_name\", and the present run $called; only a new run gets a name" \
            'cure: make down first'
    of_lab=$(settings_of_lab)
    for name in $fixed; do
        setting=$(setting_in "$of_lab" "$name") || true
        asked=$(printenv "$name")
        # Compose by itself does not make the path absolute.
        [ "$name" != LAB_CAPTURES_DIR ] || [ -z "$setting" ] || setting=$name=$(canonical "${setting#*=}")
        # A removed server has no setting, and gets this one.
        [ -n "$setting" ] && [ "$setting" != "$name=$asked" ] || continue
        case "$asked_for" in
            *" $name "*) ;;
            *)
                say "$name stays ${setting#*=} while this lab is up; make down, then make up uses $asked"
                export "${setting?}"
                continue
                ;;
        esac
        stop "$name is \"$asked\"; allowed while this lab is up: ${setting#*=}" 'cure: make down first'
    done
    check_work
    folder=$(captures_of_lab)
    [ -z "$folder" ] || [ -e "$folder/lab.log" ] ||
        stop "the lab was not changed, because its captures folder was removed or replaced: $folder" 'cure: make down, then make up'
    setup/heal.sh
    # A wrong setting must not end a lab that is in use, so its programs check it first.
    for program in http echo $(! has_wire || echo wire); do
        code=0
        quietly docker compose run --rm --no-TTY --no-deps "$program" node "services/$program/main.ts" --check || code=$?
        case "$code" in
            0) ;;
            2) refused=yes ;;
            *) unchecked=yes ;;
        esac
    done
    [ -z "${unchecked-}" ] || stop 'the lab was not changed, because its settings could not be checked; see above' 'cure: make doctor'
    [ -z "${refused-}" ] || stop 'the lab was not changed, because a setting is not allowed; see above'
else
    if [ -n "$containers" ]; then
        say 'removing the rest of an earlier lab'
        quietly docker compose down --remove-orphans
        check_place
    fi
fi
[ -z "$(wire_settings)" ] || has_wire || { check_wire && use_wire; }
make_folders
if [ -z "$running" ]; then
    # A make up that was killed can have left a name.
    rm -f "$LAB_CAPTURES_DIR/.run-name"
    [ -z "$run_name" ] || printf '%s' "$run_name" >"$LAB_CAPTURES_DIR/.run-name"
    at_exit 'rm -f "$LAB_CAPTURES_DIR/.run-name"'
fi

given=$LAB_SEED
[ -n "$given" ] || [ -z "$running" ] || use_settings_of_lab LAB_SEED

{ output=$(docker compose up --detach --no-build --remove-orphans 2>&1 </dev/null) && wait_until_healthy; } || {
    reasons "$output" >&2
    [ -z "$running" ] || stop 'the lab is up, but a part of it is not well; the reason is above' 'make status shows more'
    # If this lab began the run, its files are removed. Other files belong to an earlier run or to another lab.
    began=
    ! is_own_run "$LAB_CAPTURES_DIR" || began=yes
    docker compose down >/dev/null 2>&1 || true
    [ -z "$began" ] || forget_run "$LAB_CAPTURES_DIR"
    stop 'the lab did not start and was taken down again; the reason is above'
}

case ",${COMPOSE_PROFILES-}," in *,wire,*) divert_packets ;; esac

if [ -n "$given" ]; then
    # A given seed begins at draw 1, also in a running lab that has used it already.
    [ -z "$running" ] || for server in http echo; do lab_exec "$server" faults --reset >/dev/null; done
    ! has_wire || in_wire wire RESET=1 >/dev/null
    seed="$LAB_SEED (LAB_SEED${running:+; the draws begin again})"
elif [ -n "$running" ]; then
    seed="$(lab_exec http faults | sed -n '1s/.*, seed \(.*\), next draw .*/\1 (as before)/p')"
else
    drawn=$(of_run "$LAB_CAPTURES_DIR" drawn_seed)
    seed="$drawn (drawn; to repeat this run: LAB_SEED=$drawn make up)"
fi
changed=
[ -z "$running" ] || changed=$(changed | sed '1s/^/    changed      /; 2,$s/^/                 /')
in_force=$(in_force | sed '1s/^/    in force     /; 2,$s/^/                 /')
captures=$(shown "$LAB_CAPTURES_DIR")
next='make balance, make echo MSG=Hey'
[ "$ECHO_MODE" != sink ] || next='make shell, make logs (ECHO_MODE=sink: the echo server only prints)'

cat <<UP
wirelab is up

    server host  $(printf %-15s "$LAB_SERVER_ADDRESS")  http $HTTP_PORT/tcp   echo $ECHO_PORT/tcp and udp   (also on 127.0.0.1)
                 $(printf %-15s 'over TLS')  http $HTTPS_PORT/tcp   echo $ECHO_TLS_PORT/tcp
    client host  $(printf %-15s "$LAB_CLIENT_ADDRESS")  your files: $(shown "$LAB_WORK_DIR")   (make shell lists the tools)
    captures     $captures/server.pcap, $captures/client.pcap
    seed         $seed${changed:+
$changed}${in_force:+
$in_force}

Next: $next
UP

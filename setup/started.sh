# Waits for containers that have just been started, and says why one did not start. Sourced after lib.sh.

state_of='{{.State.Status}} {{with .State.Health}}{{.Status}}{{end}} {{.RestartCount}}'
# reasons OUTPUT: prints the errors of Compose, then what each failed program printed on stderr. A program that restarted
# repeats its lines with other times, so each line is printed once.
reasons() {
    printf '%s\n' "$1" | grep -vE '^ (Network|Volume|Container) ' || true
    for service in server-host client-host certificates http echo capture-server capture-client wire-host wire capture-wire flow live live-client answers; do
        container=$(docker compose ps --all --quiet "$service" 2>/dev/null)
        # A program without a health check runs for a moment between its failures.
        case "$(docker inspect --format "$state_of" "$container" 2>/dev/null)" in
            '' | 'running healthy '* | 'running  0') continue ;;
        esac
        printf '%s did not start:\n' "$service"
        docker logs --tail 40 "$container" 2>&1 >/dev/null | awk '{ line = $0; gsub(/[0-9-]+T[0-9:.]+Z/, "", line) } !said[line]++'
    done
}

# The same as docker compose up --wait, which looks only every half second.
wait_until_healthy() {
    for _ in $(seq 800); do
        case "$(docker ps --all --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --filter label=com.docker.compose.container-number --format '{{.State}}: {{.Status}}')" in
            *exited:* | *restarting:* | *dead:* | *'(unhealthy)'*) return 1 ;;
            *created:* | *'(health: starting)'*) sleep 0.05 ;;
            *) return ;;
        esac
    done
    return 1
}

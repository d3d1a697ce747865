# The container of the programs that read captures. It has no network, and needs no running lab. Sourced after lib.sh.

setup/images.sh >&2
# mount SOURCE TARGET: an option of docker run, for a path with any character. A field with a quote or a comma is quoted as
# in CSV.
mount() { printf 'type=bind,"source=%s",target=%s' "$(printf %s "$1" | sed 's/"/""/g')" "$2"; }

# owner_inside: the owner of the captures, as a container sees it.
owner_inside() {
    docker run --rm --network none --read-only --mount "$(mount "$LAB_CAPTURES_DIR" /captures)" --entrypoint stat \
        "$LAB_IMAGES/capture" -c %u:%g /captures
}

security=$(docker info --format '{{.SecurityOptions}}')
# A label on the person's files would stay there.
selinux=
case "$security" in *name=selinux*) selinux='--security-opt label=disable' ;; esac
owner=$(captures_owner)
# The caller uses it.
# shellcheck disable=SC2034
is_root=
[ "$(id -u)" -ne 0 ] || is_root=yes
# In containers of a rootless engine the person is root, and other users have other numbers.
case "$security" in
    *name=rootless*)
        is_root=yes
        owner=$(owner_inside)
        ;;
esac
# The files of a run are readable for the group of their owner, and the journals for that of both servers.
groups="--group-add ${owner#*:} --group-add 10004"
# The image has compiled code for this user, and tshark ignores the dissector for root.
student=10001:10001

# in_reader OPTION… IMAGE ARGUMENT…: docker run, as $reader.
in_reader() {
    terminal=
    if [ -t 0 ] && [ -t 1 ]; then terminal='--interactive --tty'; fi
    # Not with Compose, because that would make the lab's network.
    # shellcheck disable=SC2086
    docker run --rm --init $terminal $selinux --label "com.docker.compose.project=$COMPOSE_PROJECT_NAME-inspect" --user "$reader" $groups \
        --network none --cap-drop ALL --security-opt no-new-privileges:true --read-only --tmpfs /tmp --env HOME=/tmp \
        --env NO_COLOR --env LAB_OPTION_NAMES --env HTTP_PORT --env HTTPS_PORT --env ECHO_PORT --env ECHO_TLS_PORT --env LAB_SERVER_ADDRESS --env LAB_CLIENT_ADDRESS \
        --env "LAB_CAPTURES_DIR=${LAB_CAPTURES_DIR#"$PWD"/}" \
        --mount "$(mount "$LAB_CAPTURES_DIR" /captures)" "$@"
}

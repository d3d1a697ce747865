# The files of a run that the servers and the wire write. Each writes its own journal through its own group. Both write the
# record of the run and the TLS keys. Sourced in the captures folder, as its owner.

# make_journal NAME [FILE]: makes an empty journal NAME with its group and mode, in FILE if that is given.
make_journal() {
    case "$1" in
        http.log) set -- "${2-$1}" 10002 664 ;;
        echo.log) set -- "${2-$1}" 10003 664 ;;
        wire.log) set -- "${2-$1}" 10005 664 ;;
        lab.log) set -- "${2-$1}" 10004 664 ;;
        tls.keys) set -- "${2-$1}" 10004 660 ;;
    esac
    true >"$1" && chgrp "$2" "$1" && chmod "$3" "$1"
}

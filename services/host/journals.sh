# The files of a run that the servers write: each its own journal, by a group of its own, and all of them the record of
# the run and the keys of TLS. Sourced in the captures folder, by who owns it.

# make_journal NAME [FILE]: makes it empty, as FILE if that is given.
make_journal() {
    case "$1" in
        http.log) set -- "${2-$1}" 10002 664 ;;
        echo.log) set -- "${2-$1}" 10003 664 ;;
        lab.log) set -- "${2-$1}" 10004 664 ;;
        tls.keys) set -- "${2-$1}" 10004 660 ;;
    esac
    true >"$1" && chgrp "$2" "$1" && chmod "$3" "$1"
}

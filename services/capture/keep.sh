# Protects the journals: each has a second name in .run while the lab is up. If one is deleted or replaced, it comes back
# complete, and its server never stops writing it. Sourced in the captures folder.

kept='lab.log http.log echo.log wire.log tls.keys'

# keep_journals: gives each journal its second name, or its first one back. A file that replaced it is renamed.
keep_journals() {
    [ -d .run ] || (umask 077 && mkdir .run) 2>/dev/null
    for name in $kept; do
        [ ! "$name" -ef ".run/$name" ] || continue
        if [ ! -e ".run/$name" ]; then
            # There is a journal of the wire only if there was a wire.
            [ "$name" != wire.log ] || [ -e "$name" ] || continue
            [ -e "$name" ] || { make_journal "$name" && record event restored file "$name" reason 'it was deleted, so it begins again'; }
            ln "$name" ".run/$name"
        elif [ ! -e "$name" ]; then
            ln ".run/$name" "$name" && record event restored file "$name" reason 'it was deleted'
        else
            saved=$name.saved-$(date -u +%Y-%m-%dT%H%M%SZ)
            mv "$name" "$saved" && ln ".run/$name" "$name" && record event restored file "$name" reason "it was replaced; that file is now $saved"
        fi
    done 2>/dev/null
    keep_run_line
    # Without these rights its server could not open it again.
    looks=$(((${looks:-0} + 1) % 5))
    [ "$looks" -ne 0 ] || find .run -type f ! -perm -020 -exec chmod g+w {} +
}

# keep_run_line: the first line of lab.log names the run and its seed, so it must stay.
keep_run_line() {
    { read -r first <lab.log; } 2>/dev/null || first=
    if [ -z "${run_line-}" ]; then
        case "$first" in *'"event":"run"'*) run_line=$first ;; esac
    elif [ "$first" != "$run_line" ] && has_room; then
        rest=$(cat lab.log)
        printf '%s\n' "$run_line" ${rest:+"$rest"} >lab.log
    fi
}

forget_kept() { rm -rf .run; }

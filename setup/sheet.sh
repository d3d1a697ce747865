#!/bin/sh
# sheet.sh OPTION…: starts a run for the student that the options name, and shows her sheet. Without them it shows the sheet of the present run.
set -eu
. "$(dirname "$0")/lib.sh"

case " $* " in
    *' --name '* | *' --student '* | *' --course '* | *' --nonce '*) ;;
    *) exec setup/sheet-program.sh show "$@" ;;
esac
read_containers
settings=$(mktemp)
at_exit 'rm -f "$settings"'
setup/sheet-program.sh settings "$@" >"$settings"
known=$(LC_ALL=C awk -v names=1 -f setup/env.awk .env)
while IFS='=' read -r name _; do
    case " $(printf '%s' "$known" | tr '\n' ' ') " in *" $name "*) ;; *) stop "the sheet sets $name, which is no setting; allowed: those of .env" ;; esac
done <"$settings"
if is_up server-host; then
    ! setup/sheet-program.sh is-of "$@" >/dev/null 2>&1 || exec setup/sheet-program.sh show "$@"
    stop 'another run is up, and a sheet needs a run of its own' 'cure: make down, then this command again; the captures of that run stay, in captures/archive'
fi
# A value may have any character but a line break.
set_up() {
    while IFS= read -r setting; do
        set -- "$@" "$setting"
    done <"$settings"
    env "$@" setup/up.sh
}
set_up
setup/sheet-program.sh begin "$@"
printf '\n'
setup/sheet-program.sh show

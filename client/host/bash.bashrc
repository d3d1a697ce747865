# Interactive shells of the client host: prompt, completion, and the greeting in the first shell.
PS1='student@\h:\w$ '
. /usr/share/bash-completion/bash_completion
[ "$SHLVL" -gt 1 ] || /lab/client/host/greeting.sh

# For interactive shells of the client host: prompt, completion and, once, the greeting.
PS1='student@\h:\w$ '
. /usr/share/bash-completion/bash_completion
[ "$SHLVL" -gt 1 ] || /lab/client/host/greeting.sh

# Keeps one PostgreSQL server for as long as somebody uses it. It is a process of its own, because the
# server must outlive any single user of the data directory and must not outlive the last one, kill -9
# included. Standard input is the held server lock, standard output the users lock, standard error
# the log, the working directory the cluster; the arguments are the server's command line.
umask 077
exec 3<&0 4<. 0</dev/null
cd /
trap '' HUP INT TERM
stopping='' server=''
trap 'stopping=1; [ -z "$server" ] || kill -INT "$server" 2>/dev/null' USR1

# Should this shell be killed, the server gets its fast shutdown from the kernel.
if setpriv --pdeathsig INT -- true 2>/dev/null; then set -- setpriv --pdeathsig INT -- "$@"; fi

# Every user holds the users lock shared, so to get it alone means that nobody is left and that nobody
# can come before the server is gone. A signal that comes too early is lost, hence the repetition.
(
    exec 3<&- 4<&-
    until flock -x -w 5 1; do kill -0 $$ 2>/dev/null || exit; done
    while kill -USR1 $$ 2>/dev/null; do sleep 1 >/dev/null; done
) &
waiter=$!
exec 1>&2

# The server inherits the server lock, which is therefore held until its last process has ended.
delay=0
while [ -z "$stopping" ]; do
    began=$(date +%s)
    "$@" &
    server=$!
    wait "$server"
    code=$?
    while kill -0 "$server" 2>/dev/null; do
        wait "$server"
        code=$?
    done
    server=''
    [ -z "$stopping" ] || break
    lived=$(($(date +%s) - began))
    # Code 1 at the first attempt is a refusal (a bad setting, no memory): the user is told, not kept waiting.
    if [ "$code" -eq 1 ] && [ "$delay" -eq 0 ] && [ "$lived" -lt 5 ]; then break; fi
    if [ "$lived" -ge 60 ]; then delay=0; fi
    echo "crowdminder: the server ended with code $code after $lived s; starting it again in $delay s" >&2
    if [ "$delay" -gt 0 ]; then
        sleep "$delay" &
        wait $!
    fi
    delay=$((delay * 2 + 1))
    if [ "$delay" -gt 30 ]; then delay=30; fi
done
kill -9 "$waiter" 2>/dev/null

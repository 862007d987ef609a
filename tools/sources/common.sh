# shellcheck shell=bash
# Shared by tools/sources/*. A script sets NAME and PORT_VARIABLE, defines
#   source_install            what the server needs on this machine
#   source_init DIR           makes DIR/data, whole or not at all
#   source_start DIR PORT     starts the server by `start_server DIR COMMAND…`
#   source_load DIR PORT      puts the rows in, once
# and calls `source_main "$@"`.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# Database servers refuse to run as root: then they run as `nobody`.
if [ "$(id -u)" = 0 ]; then
    AS_SERVER=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
else
    AS_SERVER=()
fi

give_to_server() { [ "$(id -u)" != 0 ] || chown -R nobody:nogroup "$1"; }

start_server() {
    local dir=$1
    shift
    process_start "$dir/$NAME.pid" "$dir/server.log" "${AS_SERVER[@]}" "$@"
}

source_main() {
    local verb=${1:-} dir=${2:-} port=${!PORT_VARIABLE}
    [ $# = 2 ] || die "usage: $0 start|stop|status DIR   (port: $PORT_VARIABLE, now $port)"
    case $verb in
    start)
        ! process_running "$dir/$NAME.pid" || return 0
        ! port_open "$port" || die "port $port is taken by $(port_owner "$port"); set $PORT_VARIABLE"
        source_install
        mkdir -p "$dir"
        dir=$(cd "$dir" && pwd)
        [ -e "$dir/data" ] || step "making a $NAME in $dir" source_init "$dir"
        source_start "$dir" "$port"
        wait_until 60 source_answers "$dir" "$port" || die "$NAME does not listen on port $port, see $dir/server.log"
        [ -e "$dir/loaded" ] || { source_load "$dir" "$port" && touch "$dir/loaded"; }
        ;;
    stop) process_stop "$dir/$NAME.pid" 20 "$NAME" ;;
    status)
        process_running "$dir/$NAME.pid" && port_open "$port" || { say "$NAME: stopped"; return 1; }
        say "$NAME: running on 127.0.0.1:$port (pid $(process_pid "$dir/$NAME.pid"))"
        ;;
    *) die "unknown verb '$verb': start, stop or status" ;;
    esac
}

# True once it listens; ends the wait at once when the server is gone.
source_answers() {
    process_running "$1/$NAME.pid" || die "$NAME ended while starting: $(tail -n 3 "$1/server.log")"
    port_open "$2"
}

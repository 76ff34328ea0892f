# shellcheck shell=bash
# The demonstration, started for whoever wants to ask it something. Sourced after lib.sh by scripts that set `port` and
# `state`, where it is served and where it is kept; they call stop_server at their end.
# shellcheck disable=SC2154

server=
server_log=

# Starts it, once, and waits until it is there.
demonstration() {
    [ -z "$server" ] || return 0
    say "Starting the demonstration in $state"
    server_log=$(mktemp)
    PORT=$port STATE_DIRECTORY=$state "$project/script/server" >"$server_log" 2>&1 &
    server=$!
    for _ in $(seq 600); do
        ! grep -q 'is running' "$server_log" || return 0
        kill -0 "$server" 2>/dev/null || fail "the demonstration did not start: $(tail -n 1 "$server_log")"
        sleep 0.5
    done
    fail "the demonstration did not start within five minutes"
}

stop_server() {
    [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" || true
    [ -z "$server_log" ] || rm -f "$server_log"
}

# shellcheck shell=bash
# The two ways of script/server to its configuration, `$config`: the user's own, or a demonstration with PDUs
# played by snmpd. Sourced by script/server, which says where things are (`run`) and keeps what is started
# (`start`, `children`, `names`).
# shellcheck disable=SC2154

# --- The user's own configuration ---------------------------------------------------------------------------------

use_configuration() {
    config=$(realpath -e "$1" 2>/dev/null) || fail "CONFIG=$1: no such file"
    [ -n "${STATE_DIRECTORY-}" ] || return 0
    refuse_demonstration_state "$STATE_DIRECTORY"
    mkdir -p "$STATE_DIRECTORY"
    with_other_state_directory "$config" "$(realpath "$STATE_DIRECTORY")" >"$run/pdu-monitor.yaml"
    config=$run/pdu-monitor.yaml
    say "$1 with the state directory $STATE_DIRECTORY, as $config (same lines)"
}

# The configuration with another state directory; lines keep their numbers. Files that it names beside itself are
# named by their whole path, since the copy lies elsewhere.
with_other_state_directory() {
    local file=$1 state=$2 folder
    folder=$(dirname "$file")
    if grep -qE '^[[:space:]]*\{' "$file"; then
        fail "STATE_DIRECTORY with a CONFIG written in braces: write state_directory into the file instead"
    fi
    STATE="$(yaml_text "$state")" FOLDER="$folder" awk '
        /^state_directory[[:space:]]*:/ { print "state_directory: " ENVIRON["STATE"]; found = 1; next }
        /^credentials_file[[:space:]]*:/ && !/:[[:space:]]*["\047]?\// {
            match($0, /:[[:space:]]*["\047]?/)
            print substr($0, 1, RSTART + RLENGTH - 1) ENVIRON["FOLDER"] "/" substr($0, RSTART + RLENGTH)
            next
        }
        { print }
        END { if (!found) print "state_directory: " ENVIRON["STATE"] }
    ' "$file"
}

refuse_demonstration_state() {
    [ ! -e "$1/DEMONSTRATION" ] ||
        fail "$1 holds the demonstration's made-up history: choose another STATE_DIRECTORY for your PDUs"
}

# --- The demonstration -----------------------------------------------------------------------------------------------

# A YAML scalar in single quotes.
yaml_text() { printf "'%s'" "${1//\'/\'\'}"; }

# The zone that this machine is in, as far as it has one.
local_zone() {
    local zone
    for zone in "${TZ-}" "$(cat /etc/timezone 2>/dev/null)" \
        "$(readlink -f /etc/localtime 2>/dev/null | sed -n 's,^/usr/share/zoneinfo/,,p')"; do
        if [ -n "$zone" ] && [ -f "/usr/share/zoneinfo/$zone" ]; then
            echo "$zone"
            return
        fi
    done
    echo Etc/UTC
}

prepare_demonstration() {
    local state=$1
    if [ -e "$state/history.db" ] && [ ! -e "$state/DEMONSTRATION" ]; then
        fail "$state/history.db is not the demonstration's: set CONFIG for your own PDUs, or another STATE_DIRECTORY"
    fi
    mkdir -p "$state"
    state=$(realpath "$state")
    exec 8>"$state/server.lock"
    flock -n 8 || fail "another script/server is using $state: choose another STATE_DIRECTORY"
    echo "Made-up history of PDUs that do not exist, by script/server. Safe to delete with all that is here." \
        >"$state/DEMONSTRATION"
    # snmpd takes its commands apart at blanks; these names have none.
    ln -s "$PDU_BIN/pdu-demo" "$run/pdu-demo"
    config=$run/pdu-monitor.yaml
    # The rollups are of one zone: it stays, wherever this machine goes.
    [ -s "$state/zone" ] || local_zone >"$state/zone"
    start_agents "$state"
    write_demonstration_configuration "$state"
    if [ ! -e "$state/DEMONSTRATION.complete" ]; then
        with_progress "Making up ${DEMO_MONTHS:-13} months of history (once)" \
            "$PDU_BIN/pdu-demo" history --config "$config" --months "${DEMO_MONTHS:-13}" ||
            fail "the demonstration's history could not be made"
        touch "$state/DEMONSTRATION.complete"
    fi
}

# A passphrase that nobody needs to know, kept for as long as the state directory.
passphrase() {
    local file=$1
    [ -s "$file" ] || head -c 16 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$file"
    cat "$file"
}

# Where the demonstration's agents listen; set by start_agent.
agent_address=

start_agents() {
    local state=$1
    say "Starting two demonstration PDUs (snmpd, SNMPv3 authPriv)"
    start_agent "$state" a rpdu2 .1.3.6.1.4.1.318.1.1.26 .1.3.6.1.4.1.318.1.3.4.6
    address_a=$agent_address
    start_agent "$state" b rpdu .1.3.6.1.4.1.318.1.1.12 .1.3.6.1.4.1.318.1.3.4.4
    address_b=$agent_address
}

# start_agent STATE LETTER MODEL SUBTREE SYSOBJECTID: on a loopback address of its own, or on the next free one.
start_agent() {
    local state=$1 letter=$2 model=$3 subtree=$4 object=$5 net host
    local folder=$state/agent-$letter
    mkdir -p "$folder"
    cat >"$run/agent-$letter.conf" <<CONF
createUser demo SHA $(passphrase "$state/demo.auth") AES $(passphrase "$state/demo.privacy")
rouser demo priv
sysDescr Demonstration PDU ($model) of pdu-monitor
sysObjectID $object
sysName demo-pdu-$letter
sysLocation Demonstration
sysContact nobody
dontLogTCPWrappersConnects yes
pass_persist $subtree $run/pdu-demo agent --model $model
CONF
    host=$([ "$letter" = a ] && echo 10 || echo 11)
    for net in $(seq 161 190); do
        agent_address=127.0.$net.$host:1161
        # MIBS: it needs no names, and says so at length where they are missing.
        MIBS='' MIBDIRS="$run" SNMP_PERSISTENT_DIR=$folder start "snmpd ($letter)" \
            snmpd -f -Lf "$run/agent-$letter.log" -C -c "$run/agent-$letter.conf" "udp:$agent_address"
        if agent_listens "${children[-1]}" "$run/agent-$letter.log"; then return 0; fi
        wait "${children[-1]}" || true
        unset 'children[-1]' 'names[-1]'
    done
    fail "no free address for a demonstration PDU; snmpd says: $(tail -n 1 "$run/agent-$letter.log")"
}

# Whether snmpd gets as far as saying its version, which it does once it listens.
agent_listens() {
    local pid=$1 log=$2
    for _ in $(seq 100); do
        if grep -q 'NET-SNMP version' "$log" 2>/dev/null; then return 0; fi
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.05
    done
    kill "$pid" 2>/dev/null || true
    return 1
}

write_demonstration_configuration() {
    local state=$1
    cat >"$run/credentials.yaml" <<CONF
credentials:
  demo:
    version: 3
    user: demo
    security_level: authPriv
    auth_protocol: SHA
    auth_passphrase_file: $(yaml_text "$state/demo.auth")
    privacy_protocol: AES
    privacy_passphrase_file: $(yaml_text "$state/demo.privacy")
CONF
    cat >"$config" <<CONF
# Made by script/server for the demonstration, anew at every start.
site:
  name: Demonstration
  timezone: $(cat "$state/zone")
state_directory: $(yaml_text "$state")
snmp: { timeout: 1, retries: 2 }
web: { socket: $(yaml_text "$run/fcgi.sock"), threads: 4 }
credentials_file: credentials.yaml
pdus:
  - { name: Demo PDU A, id: demo-a, address: "$address_a", credentials: demo }
  - name: Demo PDU B
    id: demo-b
    address: "$address_b"
    credentials: demo
    nominal_voltage: 230
    power_factor: 0.95
CONF
}

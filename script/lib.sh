# shellcheck shell=bash
# What the scripts share: where the project is, how they speak, how they show progress, which Swift they use.
# Sourced, never run:  source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program="script/$(basename "$0")"
# shellcheck disable=SC2034  # used by the scripts
venv=$project/.venv

# The oldest compiler that builds the project.
swift_minimum=6.0

# Debian keeps nginx and snmpd where an ordinary user's PATH does not look.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# One line about what is going on.
say() { printf '%s\n' "$*" >&2; }

# One line about why it cannot go on; the script ends.
fail() {
    printf '%s: %s\n' "$program" "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# The command that with_progress is running; it has a process group of its own, so that it can be ended whole.
progress_child=
stop_progress() {
    [ -z "$progress_child" ] || kill -TERM -- "-$progress_child" 2>/dev/null || true
    progress_child=
}
trap 'stop_progress; exit 130' INT TERM HUP

# Runs a command whose output matters only when it fails: shows its name, how long it has been going and what it
# said last, and the end of its output if it fails. On a terminal one line is rewritten, elsewhere a new one is
# printed every ten seconds.
with_progress() {
    local label=$1 log status=0 started=$SECONDS
    shift
    log=$(mktemp)
    set -m
    "$@" >"$log" 2>&1 </dev/null &
    progress_child=$!
    set +m
    while kill -0 "$progress_child" 2>/dev/null; do
        sleep 0.2
        show_progress "$label" "$((SECONDS - started))" "$log"
    done
    wait "$progress_child" || status=$?
    progress_child=
    [ ! -t 2 ] || printf '\r\033[K' >&2
    if [ "$status" -eq 0 ]; then
        say "$label: done ($((SECONDS - started)) s)"
    else
        failure_excerpt "$log" >&2
        say "$label: failed ($((SECONDS - started)) s)"
    fi
    rm -f "$log"
    return "$status"
}

# What of a failed command's output to show; a script may define it anew.
failure_excerpt() { tail -n 40 "$1"; }

progress_shown=0
show_progress() {
    local label=$1 seconds=$2 log=$3 last
    [ "$seconds" -ge 1 ] || return 0
    if [ -t 2 ]; then
        last=$(tail -c 400 "$log" | tr '\r' '\n' | grep -v '^[[:space:]]*$' | tail -n 1 | cut -c 1-60) || last=
        printf '\r\033[K%s … %d s  %s' "$label" "$seconds" "$last" >&2
    elif [ "$seconds" -ge $((progress_shown + 10)) ] || [ "$seconds" -lt "$progress_shown" ]; then
        progress_shown=$seconds
        last=$(tail -n 1 "$log" | tr -d '\r' | cut -c 1-80)
        say "$label … $seconds s  $last"
    fi
}

# Prints the directory of the first Swift that is new enough; nothing, and 1, when there is none.
find_swift() {
    local candidate version
    for candidate in "$(command -v swift || true)" /opt/swift/usr/bin/swift /usr/libexec/swift/bin/swift \
        "${SWIFTLY_BIN_DIR:-$HOME/.local/share/swiftly/bin}/swift" "$HOME"/.local/swift*/usr/bin/swift; do
        [ -x "$candidate" ] || continue
        version=$("$candidate" --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)
        [ -n "$version" ] || continue
        if [ "$(printf '%s\n' "$swift_minimum" "$version" | sort -V | head -n 1)" = "$swift_minimum" ]; then
            dirname "$candidate"
            return 0
        fi
    done
    return 1
}

# Puts Swift on the PATH, or ends the script.
use_swift() {
    local directory
    directory=$(find_swift) || fail "no Swift $swift_minimum or newer here: run script/bootstrap"
    PATH=$directory:$PATH
}

# The release build, the same flags everywhere so that server, install and CI share one build directory. Swift's
# runtime asks for libstdc++, whose symbols take a fifth of the dynamic linking at each start: the folder holds nothing
# but the static one, and is looked through first.
static_libraries=$project/.build/static-libraries
# Swift's own linker: the system's, which Debian's Swift would take, leaves Swift's constants and what was resolved at the
# start where it can be written to (no PT_GNU_RELRO).
release_flags=(-c release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker "-L$static_libraries")

find_static_libraries() {
    local library compiler=clang
    mkdir -p "$static_libraries"
    # Debian's swiftlang keeps its clang to itself.
    have clang || compiler=g++
    library=$("$compiler" -print-file-name=libstdc++.a)
    # A compiler that has none prints the bare name; then it is linked dynamically, as ever.
    [ ! -f "$library" ] || ln -sf "$library" "$static_libraries/libstdc++.a"
}

build_release() {
    use_swift
    find_static_libraries
    with_progress "Building (release; the first time takes some minutes)" \
        swift build --package-path "$project" "${release_flags[@]}" ||
        fail "the build failed; its errors are above"
}

release_directory() { echo "$project/.build/release"; }

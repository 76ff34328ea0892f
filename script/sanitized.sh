# shellcheck shell=bash disable=SC2034,SC2154
# The tests once more, built with AddressSanitizer or ThreadSanitizer. Sourced by script/test, which has `runner`,
# `step` and the folder `results`; never run.

# Whether this Swift can build and run a program with the sanitizers $1, such as "address" or "fuzzer,address".
swift_has_sanitizer() {
    local place status=0
    place=$(mktemp -d) || return 1
    # libFuzzer brings the main function, and wants this one; to the others it is as good as any.
    cat >"$place/probe.swift" <<'SWIFT'
@_cdecl("LLVMFuzzerTestOneInput") public func probe(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt { 0 }
SWIFT
    if [[ $1 != *fuzzer* ]]; then
        echo '@main struct Probe { static func main() { print("here") } }' >>"$place/probe.swift"
    fi
    { swiftc -parse-as-library "-sanitize=$1" -use-ld=lld "$place/probe.swift" -o "$place/probe" &&
        "$place/probe" -runs=1; } >/dev/null 2>&1 || status=1
    rm -rf "$place"
    return "$status"
}

# Left out, with a reason; counted as skipped.
skip_sanitizer() {
    skipped=$((skipped + 1))
    say "skipped: $1: this Swift ($(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' |
        head -n 1)) comes without its runtime library"
}

# What is run of the integration tests. With AddressSanitizer: whoever reads what comes over the network. With
# ThreadSanitizer: the program with threads; not what counts them, since the sanitizer adds one of its own, nor what runs
# it as a user who cannot write reports.
integration_tests_of() {
    case $1 in
        address)
            echo Tests/integration/test_poll.py Tests/integration/test_poll_engines.py \
                Tests/integration/test_poll_failures.py Tests/integration/test_web_api.py \
                Tests/integration/test_web_sockets.py
            ;;
        thread)
            echo Tests/integration/test_web_api.py Tests/integration/test_web_sockets.py \
                --deselect Tests/integration/test_web_sockets.py::test_random_bytes_leave_no_descriptor_and_no_thread_behind
            ;;
    esac
}

# The unit tests that script/test --ci runs with AddressSanitizer, as a regular expression: whatever meets C or foreign
# bytes. The random histories of the ledger and the store take it an hour, and are arithmetic. Everything, where the
# sanitizer is asked for by name.
foreign_modules='^(BasicsTests|MIBTests|YAMLTests|SQLiteTests|ZlibTests|SNMPTests|FastCGITests|ConfigurationTests)'
foreign_modules+='|^(CollectionTests|SpoolTests|FuzzTests|APITests)|ReadingBlockTests|PartReadingTests|ProcessTests'
# The same with ThreadSanitizer: the modules in which threads meet.
threaded_modules='^(FastCGITests|APITests|BasicsTests|SNMPTests|SQLiteTests|DevicesTests)|ReadingTests|ProcessTests'

# Builds and runs the tests with the sanitizer $1; what more is handed to swift test.
run_sanitized() {
    local kind=$1 name scratch reports pytests
    shift
    case $kind in address) name=AddressSanitizer ;; thread) name=ThreadSanitizer ;; esac
    if ! swift_has_sanitizer "$kind"; then
        skip_sanitizer "$name"
        return 0
    fi
    scratch=$project/.build/$kind
    reports=$results/$kind-reports
    mkdir -p "$reports"
    if ! with_progress "Building with $name" \
        swift build --build-tests "--sanitize=$kind" --scratch-path "$scratch"; then
        step_failed=$((step_failed + 1))
        return 0
    fi
    read -r -a pytests <<<"$(integration_tests_of "$kind")"
    # Every process of the tests inherits these, and leaves a report where it finds something.
    local suppressions=$project/Tests/sanitizers
    thread_suppressions >"$results/tsan.supp"
    export ASAN_OPTIONS="detect_leaks=1:log_path=$reports/report:exitcode=97:allocator_release_to_os_interval_ms=-1"
    export LSAN_OPTIONS="suppressions=$suppressions/lsan.supp:print_suppressions=0"
    export TSAN_OPTIONS="log_path=$reports/report:exitcode=97:suppressions=$results/tsan.supp:history_size=4"
    # There are no tests of XCTest; its runner loses memory of its own.
    runner "$results/$kind-units-swift-testing.xml" "Unit tests with $name" \
        timeout 3000 swift test --skip-build --disable-xctest "--sanitize=$kind" --scratch-path "$scratch" \
        --xunit-output "$results/$kind-units.xml" "$@"
    PDU_BIN=$scratch/debug runner "$results/$kind-pytest.xml" "Integration tests with $name" \
        timeout 3000 "$venv/bin/python" -m pytest -rs --tb=short --junitxml "$results/$kind-pytest.xml" \
        "${pytests[@]}" "${pytest_arguments[@]}"
    unset ASAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS
    step "Looking for reports of $name" no_reports "$reports"
}

# What ThreadSanitizer is not to report: races in the files with a Mutex of Swift. A thread that has to wait for one waits
# in libswiftSynchronization, which is not instrumented: it is not seen to have got the lock, and what it reads under it is
# taken for a race. What such a Mutex holds can be had under its lock only, which the compiler sees to.
thread_suppressions() {
    (cd "$project" && grep -lrE 'Mutex[<(]' Sources Tests --include='*.swift') | sort | sed 's/^/race:/'
}

# Whether no process left a report in the folder $1; prints what there is.
no_reports() {
    local report found=no
    for report in "$1"/report.*; do
        [ -s "$report" ] || continue
        found=yes
        echo "error: ${report#"$project/"}:"
        head -n 60 "$report"
    done
    [ "$found" = no ]
}

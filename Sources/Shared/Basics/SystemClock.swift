import Glibc

/// The machine's clocks.
///
/// Read by programs at their edge; everything inside takes a time as an argument.
package enum SystemClock {
    /// The present moment, by the wall clock.
    package static func now() -> UnixTime {
        UnixTime(Int64(time(nil)))
    }

    /// Milliseconds of a clock that never steps, for measuring durations.
    package static func monotonicMilliseconds() -> Int64 {
        var value = timespec()
        clock_gettime(CLOCK_MONOTONIC, &value)
        return Int64(value.tv_sec) * 1000 + Int64(value.tv_nsec) / 1_000_000
    }
}

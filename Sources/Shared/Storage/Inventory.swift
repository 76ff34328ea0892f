package import Basics
package import Metering

/// All that is known of the present, for whoever takes everything at once.
package struct Inventory: Sendable {
    /// A PDU that is configured, with its parts.
    package struct Unit: Sendable {
        package var status: PDUStatus
        /// What the configuration calls it for good: its `id`, or else its name.
        package var key: String
        /// Its elements, the whole unit among them, each kind in the order of its numbers.
        package var elements: [Member]
        /// Its probes whose reading is fresh, in the order of their numbers.
        package var sensors: [SensorStatus]
        /// How often reading it failed since its first run, by reason; nothing where it never did.
        package var failures: [FailureReason: Int64]

        /// A PDU of these parts.
        package init(
            status: PDUStatus,
            key: String,
            elements: [Member],
            sensors: [SensorStatus] = [],
            failures: [FailureReason: Int64] = [:]
        ) {
            self.status = status
            self.key = key
            self.elements = elements
            self.sensors = sensors
            self.failures = failures
        }
    }

    /// An element, with what counts up.
    package struct Member: Sendable {
        /// What was measured is absent where that is not fresh.
        package var status: ElementStatus
        /// What it used since `firstReadAt` by the ledger, in thousandths of a joule.
        ///
        /// It never falls. Absent: not known.
        package var millijoules: Int64?
        /// When it was first read.
        package var firstReadAt: UnixTime?
        /// How often its counter was seen to begin again.
        package var resets: Int64

        /// An element of these parts.
        package init(status: ElementStatus, millijoules: Int64?, firstReadAt: UnixTime?, resets: Int64 = 0) {
            self.status = status
            self.millijoules = millijoules
            self.firstReadAt = firstReadAt
            self.resets = resets
        }
    }

    /// The newest run.
    package struct Run: Hashable, Sendable {
        /// When it really began.
        package var startedAt: UnixTime
        /// How long collecting took, in milliseconds.
        package var durationMilliseconds: Int64

        /// A run of these parts.
        package init(startedAt: UnixTime, durationMilliseconds: Int64) {
            self.startedAt = startedAt
            self.durationMilliseconds = durationMilliseconds
        }
    }

    /// By id.
    package var units: [Unit]
    /// Absent before the first.
    package var run: Run?

    /// An inventory of these parts.
    package init(units: [Unit], run: Run?) {
        self.units = units
        self.run = run
    }
}

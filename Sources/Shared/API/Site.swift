package import Energy

/// What all answers have in common: the place, and how often it is read.
package struct Site: Sendable {
    /// The site's name, by the configuration.
    package let name: String
    /// The site's calendar: every label and every time in an answer is by it.
    package let calendar: SiteCalendar
    /// Seconds between runs by the configuration, which counts until the first run says so itself.
    package let pollInterval: Int64
    /// The program's version.
    package let version: String
    /// Who may change settings; nobody without being named.
    package let writers: Writers
    /// The sites whose pages may read the interface's first version; none without being named.
    package let crossOrigin: CrossOrigin

    /// A site of these parts.
    package init(
        name: String,
        calendar: SiteCalendar,
        pollInterval: Int64,
        version: String,
        writers: Writers = Writers(addresses: [], users: []),
        crossOrigin: CrossOrigin = CrossOrigin()
    ) {
        self.name = name
        self.calendar = calendar
        self.pollInterval = pollInterval
        self.version = version
        self.writers = writers
        self.crossOrigin = crossOrigin
    }
}

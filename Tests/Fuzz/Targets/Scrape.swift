// A scrape, whose Accept header says in which form it is to be.

import API
import Basics

extension FuzzTarget {
    /// The value of Accept; taken where it asks for OpenMetrics.
    static let scrape = FuzzTarget("scrape", longest: 400) { input in
        var request = Request(path: "/metrics")
        request.accept = String(decoding: input, as: UTF8.self)
        let response = router.answer(
            request,
            at: UnixTime(1_774_742_431),
            from: SampleHistory(),
            NoSettings()
        )
        precondition(response.status == 200, "a scrape was answered with \(response.status)")
        let text = String(decoding: response.body, as: UTF8.self)
        let isOpen = response.field("Content-Type")?.hasPrefix("application/openmetrics-text;") ?? false
        precondition(text.hasSuffix("\n# EOF\n") == isOpen, "the form is not what its type says")
        return isOpen ? .taken : .refused
    }
}

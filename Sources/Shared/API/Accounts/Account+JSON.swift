// Accounts as the interface writes them.

internal import Basics
internal import Energy
internal import Storage

extension ElementAccount {
    /// The members of the answer's object.
    func write(in site: Site, into json: inout JSONWriter) {
        let rollup = explanation.rollup
        json.member("element") { json in json.object { element.write(into: &$0) } }
        json.write(range, in: site)
        json.write(energy)
        json.member("opening_counter") { $0.write(explanation.opening, in: site) }
        json.member("closing_counter") { $0.write(explanation.closing, in: site) }
        json.column("remarks", explanation.remarks) { json, remark in
            json.object { json in
                json.member("at", site.calendar.iso8601(remark.at))
                json.member("kind", remark.remark.word)
                json.member("detail", remark.remark.sentence)
            }
        }
        json.column("gaps", explanation.gaps) { json, gap in json.object { $0.write(gap, in: site) } }
        json.member("seconds", range.seconds)
        json.member("seconds_covered", coverage.coveredPerMember)
        json.member("seconds_interpolated", coverage.interpolatedPerMember)
        json.member("coverage", coverage.share)
        json.member("readings", rollup.readings)
        json.member("drift_percent", drift)
        let isCompared = drift != nil
        json.member("compared_counted_kwh") { json in
            json.kilowattHours(isCompared ? EnergyParts.millionths(explanation.comparedCounted) : nil)
        }
        json.member("compared_integrated_kwh") { json in
            json.kilowattHours(isCompared ? EnergyParts.millionths(explanation.comparedIntegral) : nil)
        }
        json.column("corrections", corrections) { json, record in json.object { $0.write(record, in: site) } }
        json.column("events", events) { json, event in json.object { $0.write(event, in: site) } }
        json.column("sentences", sentences(in: site.calendar)) { $0.value($1) }
    }
}

extension SumAccount {
    /// The members of the answer's object.
    func write(in site: Site, into json: inout JSONWriter) {
        json.member("element") { $0.null() }
        json.write(range, in: site)
        json.write(energy)
        json.column("members", members) { json, member in
            json.object { json in
                let isWhole = member.element.element == .wholePDU
                json.member("pdu_id", member.element.pdu.id)
                json.member("element_id", member.element.id)
                json.member("kind", member.element.element.kind.rawValue)
                json.member("number", member.element.element.number)
                json.member("pdu", member.element.pdu.name)
                json.member("name", isWhole ? member.element.pdu.name : member.element.name)
                json.member("energy_kwh") { $0.kilowattHours(member.energy) }
                json.member("method", member.rollup.flatMap { EnergyParts([$0.energy]).method })
                json.member("seconds_covered", member.coverage.coveredPerMember)
                json.member("seconds_interpolated", member.coverage.interpolatedPerMember)
                json.member("coverage", member.coverage.share)
                json.member("readings", member.rollup?.readings ?? 0)
            }
        }
        json.member("members_covered", coverage.membersCovered)
        json.member("members_total", coverage.membersTotal)
        json.member("seconds", range.seconds)
        json.member("seconds_covered", coverage.coveredPerMember)
        json.member("seconds_interpolated", coverage.interpolatedPerMember)
        json.member("coverage", coverage.share)
        json.column("corrections", corrections) { json, record in json.object { $0.write(record, in: site) } }
        json.column("events", events) { json, event in json.object { $0.write(event, in: site) } }
        json.column("sentences", sentences(in: site.calendar)) { $0.value($1) }
    }
}

extension ElementRecord {
    fileprivate func write(into json: inout JSONWriter) {
        json.member("id", id)
        json.member("pdu_id", pdu.id)
        json.member("pdu", pdu.name)
        json.member("kind", element.kind.rawValue)
        json.member("number", element.number)
        json.member("name", name)
    }
}

extension JSONWriter {
    /// Members that say which range an answer is about.
    fileprivate mutating func write(_ range: TimeRange, in site: Site) {
        member("start", site.calendar.iso8601(range.start))
        member("end", site.calendar.iso8601(range.end))
        member("timezone", site.calendar.zone)
    }

    /// Members that say how much energy, and how it is known.
    fileprivate mutating func write(_ energy: EnergyParts) {
        member("energy_kwh") { $0.kilowattHours(energy.total) }
        member("method", energy.method)
        member("methods") { json in
            json.object { json in
                for method in EnergyParts.Method.allCases {
                    json.member(method.rawValue) { json in
                        guard let part = energy[method] else { return json.null() }
                        json.object { json in
                            json.member("kwh") { $0.kilowattHours(part) }
                            json.member("share", energy.share(method))
                        }
                    }
                }
            }
        }
    }

    /// What a counter showed, or `null`.
    fileprivate mutating func write(_ mark: Explanation.CounterMark?, in site: Site) {
        guard let mark else { return null() }
        object { json in
            json.member("at", site.calendar.iso8601(mark.at))
            json.member("kwh", inThousands: mark.value)
        }
    }

    fileprivate mutating func write(_ gap: Explanation.Gap, in site: Site) {
        member("start", site.calendar.iso8601(gap.start))
        member("end", site.calendar.iso8601(gap.end))
        member("seconds", gap.end - gap.start)
        member("kwh") { $0.kilowattHours(gap.energy.map(EnergyParts.millionths)) }
        member("bridged", gap.energy != nil)
    }

    /// Members of one correction.
    fileprivate mutating func write(_ record: CorrectionRecord, in site: Site) {
        member("id", record.id)
        member("element_id", record.elementID)
        member("start", site.calendar.iso8601(record.correction.start))
        member("end", site.calendar.iso8601(record.correction.end))
        member("action", record.correction.energy == nil ? "exclude" : "set")
        member("kwh") { $0.kilowattHours(record.correction.energy.map(EnergyParts.millionths)) }
        member("reason", record.reason)
        member("author", record.author)
        member("made_at", site.calendar.iso8601(record.madeAt))
        member("undone_at", record.undoneAt.map(site.calendar.iso8601))
        member("undone_by", record.undoneBy)
    }

    /// Members of one event.
    mutating func write(_ event: EventRecord, in site: Site) {
        member("id", event.id)
        member("at", site.calendar.iso8601(event.at))
        member("pdu_id", event.pduID)
        member("element_id", event.elementID)
        member("kind", event.kind)
        member("detail", event.detail)
    }
}

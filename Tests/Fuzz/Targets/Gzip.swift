import Zlib

extension FuzzTarget {
    /// A compressed file, and compressed bytes in memory.
    static let gzip = FuzzTarget("gzip", longest: 4000) { input in
        let limit = 100_000
        do throws(ZlibError) {
            let output = try inflate(input, limit: limit)
            precondition(output.count <= limit, "more came out than was asked for")
        } catch {
            precondition(!error.description.isEmpty)
        }
        let file = ScratchFile(holding: input)
        do throws(ZlibError) {
            let lines = try GzipLines(path: file.path)
            var line: [UInt8] = []
            while try lines.next(&line) { precondition(!line.contains(0x0A)) }
            precondition(
                lines.memberEnd == Int64(input.count),
                "the last member does not end where the file does"
            )
            return lines.members > 0 ? .taken : .refused
        } catch {
            precondition(!error.description.isEmpty)
            return .refused
        }
    }
}

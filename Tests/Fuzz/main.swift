// Built by script/fuzz alone: hands libFuzzer the readers of what comes from elsewhere. An error is an answer; a trap,
// a hang, or memory without bound is a finding.

import Basics
import Devices
import Glibc
import MIB

/// libFuzzer's own main function, in all but name.
@_silgen_name("LLVMFuzzerRunDriver")
private func run(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private func walk(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    do {
        let walk = try RecordedWalk(parsing: input, file: "fuzz")
        let written = walk.bindings.compactMap(SNMPRecord.line).joined(separator: "\n")
        let again = try RecordedWalk(parsing: Array(written.utf8), file: "fuzz")
        precondition(again.bindings.count == walk.bindings.count, "not all of it was read back")
    } catch {
        precondition(!"\(error)".isEmpty)
    }
    return 0
}

private func profile(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    do {
        _ = try ProfileCatalog.builtIn().adding([(path: "fuzz.yaml", bytes: input)])
    } catch {
        precondition(!"\(error)".isEmpty)
    }
    return 0
}

var argumentCount = CommandLine.argc
var arguments = CommandLine.unsafeArgv
switch getenv("FUZZ_TARGET").map({ String(cString: $0) }) {
case "walk": exit(run(&argumentCount, &arguments, walk))
case "profile": exit(run(&argumentCount, &arguments, profile))
default:
    writeToStandardError("FUZZ_TARGET must be walk or profile\n")
    exit(2)
}

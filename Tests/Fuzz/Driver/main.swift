// Built by script/fuzz alone: hands libFuzzer one of the targets, by the name in FUZZ_TARGET; with "list", it prints a
// line for each: its name, its longest input, its seeds. An error is an answer; a trap, a hang, or memory without bound
// is a finding.

import Basics
import Glibc

/// libFuzzer's own main function, in all but name.
@_silgen_name("LLVMFuzzerRunDriver")
private func run(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What this process attacks.
private enum Chosen {
    static let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    static let target = FuzzTarget.named(name)
}

private func read(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    _ = Chosen.target?.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

if Chosen.name == "list" {
    for target in FuzzTarget.all {
        writeToStandardOutput("\(target.name) \(target.longest) \(target.seeds)\n")
    }
    exit(0)
}
guard Chosen.target != nil else {
    writeToStandardError("FUZZ_TARGET must be one of \(FuzzTarget.all.map(\.name).joined(separator: ", "))\n")
    exit(2)
}
var argumentCount = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(run(&argumentCount, &arguments, read))

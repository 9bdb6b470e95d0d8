import FuzzTargets
import Glibc

/// Lets the compiler's fuzzer make up inputs for one target: `ENTENTE_FUZZ` of the environment names it.
///
/// The package gives each program a `main` of its own, so the fuzzer, which would bring another, is called by name.
@main
struct Fuzzer {
  static let target: FuzzTarget = {
    let name = getenv("ENTENTE_FUZZ").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
      let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
      fatalError("ENTENTE_FUZZ names what to fuzz, one of \(names)")
    }
    return target
  }()

  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(
      runDriver(&count, &arguments) { start, count in
        Fuzzer.target.run(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
      })
  }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

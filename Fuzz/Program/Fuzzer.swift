import FuzzTargets
import Glibc

/// Which target the fuzzer's inputs are for: `ENTENTE_FUZZ` of the environment.
private let target: FuzzTarget = {
  let name = getenv("ENTENTE_FUZZ").map { String(cString: $0) } ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    fatalError("ENTENTE_FUZZ names what to fuzz, one of \(names)")
  }
  return target
}()

/// Called by the compiler's fuzzer for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

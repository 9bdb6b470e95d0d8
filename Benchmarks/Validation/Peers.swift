import Glibc

/// What others need for the same objects: seconds of CPU for all of them, and objects per second of the slow one.
struct PeerFigures {
  var validate: Double
  var parseAndValidate: Double
  var validateOASIS: Double
  var parseAndValidateOASIS: Double
  var validator: Double

  var line: String { "| jsonschema-rs \(Int(validate * 1e6)) us, with parse \(Int(parseAndValidate * 1e6)) us" }
}

/// Runs the peers in a process of their own, one round at a time.
struct Peers {
  let python: String
  let script: String
  let bundle: String

  /// Nil when they cannot be run.
  func measure() -> PeerFigures? {
    guard let pipe = popen("'\(python)' '\(script)' '\(bundle)'", "r") else { return nil }
    var text = ""
    var buffer = [CChar](repeating: 0, count: 4096)
    while fgets(&buffer, Int32(buffer.count), pipe) != nil {
      text += buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
    guard pclose(pipe) == 0 else { return nil }
    let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard numbers.count == 5 else { return nil }
    return PeerFigures(
      validate: numbers[0], parseAndValidate: numbers[1], validateOASIS: numbers[2],
      parseAndValidateOASIS: numbers[3], validator: numbers[4])
  }
}

import Glibc

/// Runs jsonschema-rs in a process of its own, one round at a time.
struct Peer {
  let python: String
  let script: String
  private let file = "/tmp/entente-bench-sharing-\(getpid()).json"

  init(python: String, script: String) {
    self.python = python
    self.script = script
  }

  /// Leaves the bundle for the peer.
  func prepare(_ text: String) throws {
    guard let stream = fopen(file, "w") else { throw Fault.noFile(file) }
    defer { fclose(stream) }
    guard fputs(text, stream) >= 0 else { throw Fault.noFile(file) }
  }

  enum Fault: Error {
    case noFile(String)
  }

  /// Objects that it validates in a CPU-second; nil when it cannot be run.
  func measure() -> Double? {
    guard let pipe = popen("'\(python)' '\(script)' '\(file)'", "r") else { return nil }
    var text = ""
    var buffer = [CChar](repeating: 0, count: 4096)
    while fgets(&buffer, Int32(buffer.count), pipe) != nil {
      text += buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
    guard pclose(pipe) == 0 else { return nil }
    return text.split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) }
  }
}

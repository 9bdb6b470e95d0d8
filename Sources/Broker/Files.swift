package import Glibc

/// Files and folders with the exact modes that a cookie and passwords need.
package enum Files {
  package static func read(_ path: String) throws(BrokerError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failed("read", path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count >= 0 else { throw failed("read", path) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a file that only its owner may read, in place of any that stands there.
  package static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws(BrokerError) {
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failed("write", path) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw failed("write", path) }
  }

  /// Makes a folder, and those above it, where they do not exist.
  static func makeFolder(_ path: String) throws(BrokerError) {
    if access(path, F_OK) == 0 { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try makeFolder(String(path[..<slash])) }
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failed("make", path) }
  }

  package static func makeTemporaryFolder() throws(BrokerError) -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/entente-broker-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw failed("make a temporary folder in", parent) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

  /// The last lines of a text file, or none where it cannot be read.
  static func lastLines(of path: String, _ count: Int) -> [String] {
    guard let text = try? read(path) else { return [] }
    return text.split(separator: "\n").suffix(count).map(String.init)
  }

  private static func failed(_ verb: String, _ path: String) -> BrokerError {
    BrokerError(.system, "could not \(verb) \(path): \(String(cString: strerror(errno)))")
  }
}

import Glibc

/// Files that only their owner may read, written whole or not at all.
enum SecretFile {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Makes a folder of mode 0700; one that stands is left as it is.
  static func makeFolder(_ path: String) throws(HubError) {
    var made = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      made += made.isEmpty && part.isEmpty ? "/" : (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
      guard !made.isEmpty, !exists(made) else { continue }
      guard mkdir(made, 0o700) == 0 || errno == EEXIST else {
        throw HubError(.secrets, "The folder \(made) cannot be made: \(reason()).")
      }
    }
  }

  static func read(_ path: String) throws(HubError) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw HubError(.secrets, "\(path) cannot be read: \(reason()).") }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      guard count >= 0 else { throw HubError(.secrets, "\(path) cannot be read: \(reason()).") }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes beside the place and renames, so that a crash leaves the old file or the new one.
  static func write(_ text: String, to path: String) throws(HubError) {
    let draft = "\(path).\(getpid()).new"
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw HubError(.secrets, "\(path) cannot be written: \(reason()).") }
    let bytes = Array(text.utf8)
    let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
    let trouble = reason()
    close(file)
    guard isWritten, rename(draft, path) == 0 else {
      unlink(draft)
      throw HubError(.secrets, "\(path) cannot be written: \(trouble).")
    }
  }

  static func random(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}

/// Bytes as lower-case hexadecimal digits.
package enum Hex {
  package static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    let digits = Array("0123456789abcdef".utf8)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a text of hexadecimal digits in either case; nil where it is none.
  package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count % 2 == 0, !digits.contains(nil) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0]! << 4 | digits[$0 + 1]!) }
  }
}

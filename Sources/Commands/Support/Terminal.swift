import Glibc

/// Standard output and standard error, written whole and at once.
enum Terminal {
  /// A line on standard output.
  static func say(_ text: String = "") { write(text + "\n", to: 1) }

  /// A line on standard error.
  static func complain(_ text: String) { write(text + "\n", to: 2) }

  /// Bytes on standard output, as they are.
  static func put(_ bytes: [UInt8]) { write(bytes, to: 1) }

  private static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + offset, bytes.count - offset) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return }
      offset += written
    }
  }
}

import Glibc

/// A file that a command writes, whole or not at all.
enum OutputFile {
  /// Writes beside the place and renames.
  /// - Throws: ``Answer`` with exit code 2.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(Answer) {
    let draft = "\(path).\(getpid()).new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Answer.unusable("\(path) cannot be written: \(reason).") }
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + offset, bytes.count - offset) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      offset += count
    }
    let trouble = reason
    close(descriptor)
    guard offset == bytes.count, rename(draft, path) == 0 else {
      unlink(draft)
      throw Answer.unusable("\(path) cannot be written: \(trouble).")
    }
  }

  private static var reason: String { String(cString: strerror(errno)).lowercased() }
}

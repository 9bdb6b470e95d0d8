import Glibc

/// A file that a command reads: by its path, or `-` for standard input.
struct InputFile {
  /// As the user named it.
  let name: String

  /// Why it cannot be read, in one sentence.
  struct Trouble: Error { let sentence: String }

  /// All of it.
  /// - Parameter maximumBytes: more than this is refused as soon as it is seen.
  func read(maximumBytes: Int) throws(Trouble) -> [UInt8] {
    let descriptor = name == "-" ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw trouble("cannot be read: \(Self.reason)") }
    defer { if name != "-" { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw trouble("cannot be read: \(Self.reason)") }
    let kind = status.st_mode & S_IFMT
    if kind == S_IFDIR { throw trouble("is a folder: name the files in it, as in \(name)/*.json") }
    let size = kind == S_IFREG ? Int(status.st_size) : 0
    if size > maximumBytes { throw trouble(Self.tooLarge(maximumBytes)) }
    var bytes: [UInt8] = []
    // Room behind the text lets it be parsed where it stands.
    bytes.reserveCapacity(size + Self.chunk + 64)
    while true {
      let count = try fill(&bytes, from: descriptor)
      if count == 0 { return bytes }
      if bytes.count > maximumBytes { throw trouble(Self.tooLarge(maximumBytes)) }
    }
  }

  private static let chunk = 1 << 18

  private func fill(_ bytes: inout [UInt8], from descriptor: Int32) throws(Trouble) -> Int {
    var count = 0
    let piece = [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, filled in
      repeat {
        count = Glibc.read(descriptor, buffer.baseAddress, Self.chunk)
      } while count < 0 && errno == EINTR
      filled = max(0, count)
    }
    guard count >= 0 else { throw trouble("cannot be read: \(Self.reason)") }
    bytes += piece
    return count
  }

  private static func tooLarge(_ maximum: Int) -> String {
    "has more than \(maximum) bytes, which is as much as is read; raise it with --max-bytes"
  }

  private func trouble(_ what: String) -> Trouble {
    Trouble(sentence: "\(name == "-" ? "Standard input" : name) \(what).")
  }

  private static var reason: String { String(cString: strerror(errno)).lowercased() }
}

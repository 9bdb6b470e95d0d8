#if canImport(Glibc)
  import Glibc
#endif

/// The deliveries that were handled already, by id and revision: so many of the newest, on the disk where a folder is
/// given.
///
/// The file is appended to, and written anew when it has twice as many lines as are remembered. One process at a time
/// may use it.
actor SeenMessages {
  private let path: String?
  private let folder: String
  private let capacity: Int
  private var file: Int32 = -1
  private var known: Set<String> = []
  /// In order of handling; the ones before `oldest` are forgotten.
  private var order: [String] = []
  private var oldest = 0
  private var linesInFile = 0

  private static let name = "seen-messages"

  init(folder: String?, capacity: Int) throws(AgencyClientError) {
    self.folder = folder ?? ""
    self.capacity = max(1, capacity)
    path = folder.map { "\($0)/\(Self.name)" }
    guard let folder, let path else { return }
    try Disk.makeFolder(folder)
    if Disk.exists(path) {
      // A line cut short by a crash is left out: its message was not acknowledged either.
      let bytes = try Disk.read(path)
      let whole = bytes[..<(bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)]
      for line in whole.split(separator: UInt8(ascii: "\n")).suffix(self.capacity) {
        let key = String(decoding: line, as: UTF8.self)
        if known.insert(key).inserted { order.append(key) }
      }
    }
    try Self.writeAnew(order[...], folder)
    linesInFile = order.count
    file = try Self.open(path)
  }

  deinit { if file >= 0 { close(file) } }

  func contains(_ message: InboxMessage) -> Bool { Self.key(message).map(known.contains) ?? false }

  /// Remembers it; on the disk after `sync`.
  func insert(_ message: InboxMessage) throws(AgencyClientError) {
    guard let key = Self.key(message), known.insert(key).inserted else { return }
    order.append(key)
    if order.count - oldest > capacity {
      known.remove(order[oldest])
      oldest += 1
    }
    if oldest > capacity {
      order.removeFirst(oldest)
      oldest = 0
    }
    guard let path else { return }
    try Disk.append(Array((key + "\n").utf8), to: file, path)
    linesInFile += 1
  }

  func sync() throws(AgencyClientError) {
    guard let path else { return }
    guard fsync(file) == 0 else { throw .storage("synced", path, String(cString: strerror(errno))) }
    guard linesInFile > 2 * capacity else { return }
    close(file)
    file = -1
    try Self.writeAnew(order[oldest...], folder)
    linesInFile = order.count - oldest
    file = try Self.open(path)
  }

  private static func writeAnew(_ keys: ArraySlice<String>, _ folder: String) throws(AgencyClientError) {
    try Disk.write(keys.flatMap { Array(($0 + "\n").utf8) }, to: folder, name: name)
  }

  private static func open(_ path: String) throws(AgencyClientError) -> Int32 {
    let file = Glibc.open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard file >= 0 else { throw .storage("opened", path, String(cString: strerror(errno))) }
    return file
  }

  /// Id and revision on one line; nil for a message without an id, which is never recognised.
  private static func key(_ message: InboxMessage) -> String? {
    guard let id = message.messageID else { return nil }
    return "\(SafeName.of(id)) \(message.revision)"
  }
}

/// Ids as names of files and words of lines.
enum SafeName {
  /// Letters, digits, `.`, `-` and `_` stay; every other byte becomes `%` and two digits, and so does a leading dot.
  static func of(_ text: String) -> String {
    var name = ""
    for byte in text.utf8 {
      let character = Character(UnicodeScalar(byte))
      let isPlain = byte < 128 && (character.isLetter || character.isNumber || "-_.".contains(character))
      if isPlain, !(name.isEmpty && byte == UInt8(ascii: ".")) {
        name.append(character)
      } else {
        name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return name
  }
}

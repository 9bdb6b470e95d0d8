/// The folder of messages that are not confirmed yet. A message is on the disk before anything is done with it, and
/// leaves when the broker has confirmed it; names count, so that the order stays over a restart.
struct Spool: Sendable {
  let folder: String
  private var next: UInt64 = 1

  private var refused: String { folder + "/refused" }

  /// Opens the folder, made where it is missing.
  init(folder: String) throws(AgencyClientError) {
    self.folder = folder
    try Disk.makeFolder(folder)
    if let last = try names().last, let number = Self.number(last) { next = number + 1 }
  }

  /// Writes the message; the name to find it by.
  mutating func add(_ message: OutgoingMessage) throws(AgencyClientError) -> String {
    let digits = String(next)
    let name = String(repeating: "0", count: max(0, 12 - digits.count)) + digits + ".message"
    try Disk.write(MessageEnvelope.write(message), to: folder, name: name)
    next += 1
    return name
  }

  /// What is there, in order.
  func names() throws(AgencyClientError) -> [String] {
    try Disk.files(in: folder).filter { Self.number($0) != nil }
  }

  /// The message; nil where the file is none.
  func read(_ name: String) throws(AgencyClientError) -> OutgoingMessage? {
    MessageEnvelope.read(try Disk.read("\(folder)/\(name)"))
  }

  /// The broker has it.
  func remove(_ name: String) throws(AgencyClientError) { try Disk.remove("\(folder)/\(name)") }

  /// The broker will never take it: set aside, with the reason beside it.
  func refuse(_ name: String, reason: String) throws(AgencyClientError) {
    try Disk.makeFolder(refused)
    try Disk.write(Array((reason + "\n").utf8), to: refused, name: name + ".why.txt")
    try Disk.move("\(folder)/\(name)", to: "\(refused)/\(name)")
    try Disk.sync(refused)
  }

  private static func number(_ name: String) -> UInt64? {
    guard name.hasSuffix(".message") else { return nil }
    return UInt64(name.dropLast(".message".count))
  }
}

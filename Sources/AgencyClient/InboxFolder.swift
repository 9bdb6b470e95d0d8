import Contract
import JSON

/// A folder that deliveries are written to: `<id>.r<revision>.json` with the body, and beside it `.meta` with what the
/// envelope said. Equal deliveries have equal names, so that a repeat changes nothing.
struct InboxFolder: Sendable {
  let folder: String

  init(_ folder: String) throws(AgencyClientError) {
    self.folder = folder
    try Disk.makeFolder(folder)
  }

  /// On the disk when it returns; the body last, so that a body is never without its envelope. The body's name.
  @discardableResult
  func write(_ message: InboxMessage) throws(AgencyClientError) -> String {
    let stem = "\(SafeName.of(message.messageID ?? MessageIDs.random())).r\(message.revision)"
    try Disk.write(Self.envelope(message), to: folder, name: stem + ".meta")
    let name = stem + (message.contentType?.contains("json") == false ? ".body" : ".json")
    try Disk.write(message.body, to: folder, name: name)
    return name
  }

  private static func envelope(_ message: InboxMessage) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      func add(_ key: String, _ value: String?, _ object: inout JSONWriter) {
        if let value { object.member(key, value) }
      }
      add("message_id", message.messageID, &object)
      object.member("revision", Int(message.revision))
      object.member("lane", message.lane.rawValue)
      add("type", message.type?.description, &object)
      add("content_type", message.contentType, &object)
      add("sender", message.sender?.slug, &object)
      add("tlp", message.tlp, &object)
      add("obligations", message.obligations, &object)
      add("losses", message.losses, &object)
      add("supersedes", message.supersedes, &object)
      if message.isExercise { object.member("exercise", true) }
      if let at = message.acceptedAt {
        object.member("accepted_at", Instant(milliseconds: Int64(clamping: at) &* 1000).description)
      }
      add("hub_signature", message.hubSignature, &object)
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}

import Contract
import JSON

/// How a message lies in the spool: one line of JSON with everything but the body, then the body untouched.
enum MessageEnvelope {
  static func write(_ message: OutgoingMessage) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("lane", message.lane.rawValue)
      func add(_ key: String, _ value: String?, _ object: inout JSONWriter) {
        if let value { object.member(key, value) }
      }
      add("topic", message.topic, &object)
      add("message_id", message.messageID, &object)
      add("type", message.type?.description, &object)
      add("content_type", message.contentType, &object)
      for (key, value) in message.headers { object.member(key, value) }
    }
    return writer.bytes + [UInt8(ascii: "\n")] + message.body
  }

  /// Nil where the bytes are not what `write` wrote.
  static func read(_ bytes: [UInt8]) -> OutgoingMessage? {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")), let document = try? JSONDocument(Array(bytes[..<end])),
      let lane = document.root["lane"]?.string.flatMap(Lane.init(rawValue:))
    else { return nil }
    let root = document.root
    func text(_ key: String) -> String? { root[key]?.string }
    return OutgoingMessage(
      body: Array(bytes[(end + 1)...]), lane: lane, topic: text("topic"), messageID: text("message_id"),
      type: text("type").flatMap(MessageType.init), contentType: text("content_type"),
      recipients: text(HeaderKeys.recipients).map {
        $0.split(separator: ",").compactMap { AgencyID(String($0)) }
      },
      tlp: text(HeaderKeys.tlp), purpose: text(HeaderKeys.purpose), legalBasis: text(HeaderKeys.legalBasis),
      caseReference: text(HeaderKeys.caseReference), isExercise: text(HeaderKeys.exercise) == "true",
      signature: text(HeaderKeys.signature), traceparent: text(HeaderKeys.traceparent))
  }
}

package import AMQP
package import Contract
import JSON
package import Ledger
package import STIX

/// What an agency published, with the properties that its sender may set, each checked.
package struct IncomingMessage: Sendable {
  package var sender: AgencyID
  /// The sender's, or derived from the content where the sender set none.
  package var messageID: String
  package var isDerivedID: Bool
  /// The lane of the queue that it came from.
  package var publishedLane: Lane
  package var body: [UInt8]
  /// Set where the body was larger than what is taken: it is not in ``body``.
  package var oversize: AMQPDelivery.Oversize?
  package var type: String?
  package var contentType: String?
  package var headers: SenderHeaders
  /// The headers of the sender as sorted JSON: what the ledger keeps and compares.
  package var headersJSON: [UInt8]
  /// The W3C trace context that it came with.
  package var traceparent: String?
  package var isRedelivered: Bool
  /// The message-id that its sender gave, where this is a copy that an operator edited, under an id of its own.
  package var editOf: String?
  /// The format that it was accepted in, where it was: a partner's is not recognised by content alone.
  package var acceptedFormat: FormatID?

  /// What the ledger keeps of the body: all of it, or size and digest of one that is too large.
  package var storedBody: Intake.Body {
    if let oversize { return .omitted(size: Int(clamping: oversize.size), sha256: oversize.sha256) }
    return .bytes(body)
  }
}

extension IncomingMessage {
  /// A message of a sender that sets no headers.
  package init(sender: AgencyID, messageID: String, lane: Lane, body: [UInt8], contentType: String) {
    self.init(
      sender: sender, messageID: messageID, isDerivedID: false, publishedLane: lane, body: body,
      contentType: contentType, headers: SenderHeaders(), headersJSON: Array("{}".utf8), isRedelivered: false)
  }
}

/// The headers by which a sender narrows where its message goes.
package struct SenderHeaders: Sendable, Equatable {
  /// The agencies named in `entente-recipients`; nil where the header is absent. Names that are no slugs stand in
  /// ``strangers``: they get the same answer as an unknown agency.
  package var recipients: Set<AgencyID>?
  package var strangers: [String] = []
  package var tlp: TLP?
  package var purpose: String?
  package var legalBasis: String?
  package var caseReference: String?
  package var isExercise = false
  package var isSigned = false
  /// What a peer hub says of the way before it.
  package var way = PeerWay()
}

/// Reads the sender's headers from a delivery's table.
///
/// Only text is taken, but for `entente-exercise`, which may be a boolean. All other headers (`CC`, `BCC`, `x-*`, those
/// of other programs) are neither read nor kept nor passed on.
package enum SenderHeaderReader {
  /// - Parameter isPeer: the sender is another hub, which says whose the message was before.
  /// - Throws: ``StageFailure`` of the stage `envelope`.
  package static func read(_ table: AMQPTable, isPeer: Bool = false) throws(StageFailure) -> SenderHeaders {
    var headers = SenderHeaders()
    if isPeer { headers.way = try PeerWay(reading: table) }
    for (key, value) in table {
      let name = key.lowercased()
      guard name.hasPrefix(HeaderKeys.prefix) else { continue }
      if isPeer, HeaderKeys.readFromPeers.contains(key) || HeaderKeys.ignoredFromPeers.contains(key) { continue }
      guard HeaderKeys.allowedFromSender.contains(key) else { throw notAllowed(key) }
      switch key {
      case HeaderKeys.exercise: headers.isExercise = try flag(value, of: key)
      case HeaderKeys.recipients: try addRecipients(from: value, to: &headers)
      case HeaderKeys.tlp:
        let label = try text(value, of: key)
        guard let tlp = TLP(label: label) else {
          throw StageFailure(
            .envelope, .headerInvalid,
            "The header \(key) says '\(label.shortened)', which is no TLP label; use TLP:CLEAR, TLP:GREEN, TLP:AMBER, "
              + "TLP:AMBER+STRICT or TLP:RED.")
        }
        headers.tlp = tlp
      case HeaderKeys.purpose: headers.purpose = try text(value, of: key)
      case HeaderKeys.legalBasis: headers.legalBasis = try text(value, of: key)
      case HeaderKeys.caseReference: headers.caseReference = try text(value, of: key)
      case HeaderKeys.signature:
        _ = try text(value, of: key)
        headers.isSigned = true
      default: throw notAllowed(key)
      }
    }
    return headers
  }

  /// The sender's headers as JSON with sorted keys: equal headers give equal bytes.
  package static func canonicalJSON(_ table: AMQPTable) -> [UInt8] {
    var kept: [String: AMQPValue] = [:]
    for (key, value) in table
    where HeaderKeys.allowedFromSender.contains(key) || HeaderKeys.readFromPeers.contains(key) { kept[key] = value }
    var writer = JSONWriter()
    writer.object { object in
      for key in kept.keys.sorted() {
        switch kept[key] {
        case .bool(let flag): object.member(key, flag)
        case .array(let values): object.member(key, values.compactMap(\.text))
        case let value: object.member(key, value?.text ?? "")
        }
      }
    }
    return writer.bytes
  }

  private static func addRecipients(from value: AMQPValue, to headers: inout SenderHeaders) throws(StageFailure) {
    var names: [String] = []
    if case .array(let values) = value {
      for item in values { names.append(try text(item, of: HeaderKeys.recipients)) }
    } else {
      names = try text(value, of: HeaderKeys.recipients).split(separator: ",").map(String.init)
    }
    var recipients: Set<AgencyID> = []
    for name in names.map(\.trimmed) where !name.isEmpty {
      if let agency = AgencyID(name) { recipients.insert(agency) } else { headers.strangers.append(name.shortened) }
    }
    headers.recipients = recipients
  }

  static func text(_ value: AMQPValue, of key: String) throws(StageFailure) -> String {
    guard let text = value.text, text.utf8.count <= 8192 else {
      throw StageFailure(.envelope, .headerInvalid, "The header \(key) must be a text of at most 8,192 bytes.")
    }
    return text
  }

  private static func flag(_ value: AMQPValue, of key: String) throws(StageFailure) -> Bool {
    switch (value, value.text?.lowercased()) {
    case (.bool(let flag), _): return flag
    case (_, "true"): return true
    case (_, "false"): return false
    default: throw StageFailure(.envelope, .headerInvalid, "The header \(key) must be true or false.")
    }
  }

  private static func notAllowed(_ key: String) -> StageFailure {
    StageFailure(
      .envelope, .headerNotAllowed,
      "The header '\(key.shortened)' may not be set by a sender; those of the prefix \(HeaderKeys.prefix) that may are "
        + HeaderKeys.allowedFromSender.sorted().joined(separator: ", ") + ".")
  }
}

extension String {
  /// At most 60 characters, control characters replaced: for a sentence that shows what was found.
  var shortened: String {
    let clean = String(unicodeScalars.prefix(60).map { $0.value < 32 || $0.value == 127 ? "?" : Character($0) })
    return unicodeScalars.count > 60 ? clean + "…" : clean
  }

  var trimmed: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}

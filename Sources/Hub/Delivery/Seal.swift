import AMQP
package import Adapters
import Contract
import Crypto
import JSON
import STIX
package import Sharing

extension DeliveryPipeline {
  /// Builds the properties from an allow-list: nothing of the sender's envelope is passed on (rule 5).
  package func seal(
    _ document: WrittenDocument, _ delivery: PendingDelivery, of source: DeliverySource
  ) throws(Refusal) -> SealedDelivery {
    let decision = delivery.decision
    var headers = AMQPTable()
    headers[HeaderKeys.revision] = .int64(Int64(delivery.revision))
    if decision.obligations.attribution != .mustNot { headers[HeaderKeys.sender] = .string(source.message.sender.slug) }
    headers[HeaderKeys.tlp] = .string(decision.tlp.label)
    let obligations = decision.obligations.named.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    if !obligations.isEmpty { headers[HeaderKeys.obligations] = .string(obligations) }
    if let worst = document.losses.map(\.severity).max() {
      headers[HeaderKeys.losses] = .string("\(document.losses.count) \(worst.rawValue)")
    }
    if source.message.headers.isExercise { headers[HeaderKeys.exercise] = .bool(true) }
    if configuration.agencies[delivery.recipient]?.kind == .hub {
      let way = source.message.headers.way.headers(
        from: decision.isSourceHidden ? nil : source.message.sender, at: configuration.settings.name,
        maximumHops: decision.obligations.maximumHops)
      for (key, value) in way { headers[key] = .string(value) }
    }
    if let original = source.message.editOf {
      // An edited copy says so, and which delivery it stands for: whoever has that one drops it.
      headers[HeaderKeys.supersedes] = .string(
        keys.deliveryID(sender: source.message.sender, messageID: original, recipient: delivery.recipient))
    }
    let type = MessageType(format: document.format, kind: source.read.kind)
    headers[HeaderKeys.hubSignature] = .string(
      try signature(of: document, delivery, type: type, headers: headers, at: source.origin.acceptedAt))
    let properties = AMQPProperties(
      contentType: document.format.contentType, headers: headers, messageID: delivery.deliveryID,
      timestamp: UInt64(max(0, source.origin.acceptedAt.milliseconds / 1000)), type: type.description)
    let mac = keys.authenticate(
      [Array("delivered".utf8), document.bytes, Array(type.description.utf8)]
        + headers.flatMap { [Array($0.key.utf8), $0.value.described] })
    return SealedDelivery(
      message: AMQPMessage(properties: properties, body: document.bytes), mac: mac, losses: document.losses)
  }

  /// A detached JWS (RFC 7515, RFC 7797: the payload is the body as it is, `b64` false) by the hub's Ed25519 key
  /// (RFC 8037), whose protected header covers what the recipient is told beside the body.
  private func signature(
    of document: WrittenDocument, _ delivery: PendingDelivery, type: MessageType, headers: AMQPTable, at time: Instant
  ) throws(Refusal) -> String {
    var writer = JSONWriter()
    writer.object { header in
      header.member("alg", "EdDSA")
      header.member("b64", false)
      header.member("crit", ["b64"])
      header.member("kid", keys.signingIdentifier)
      header.member("delivery", delivery.deliveryID)
      header.member("revision", delivery.revision)
      header.member("recipient", delivery.recipient.slug)
      if let sender = headers[HeaderKeys.sender]?.text { header.member("sender", sender) }
      header.member("type", type.description)
      header.member("tlp", delivery.decision.tlp.label)
      if let obligations = headers[HeaderKeys.obligations]?.text { header.member("obligations", obligations) }
      for key in [HeaderKeys.origin, HeaderKeys.hops, HeaderKeys.maximumHops, HeaderKeys.via] {
        if let text = headers[key]?.text { header.member(String(key.dropFirst(HeaderKeys.prefix.count)), text) }
      }
      if let superseded = headers[HeaderKeys.supersedes]?.text { header.member("supersedes", superseded) }
      header.member("accepted", time.description)
    }
    let protected = Base64URL.text(writer.bytes)
    do {
      let signature = try keys.signing.signature(for: Array(protected.utf8) + [UInt8(ascii: ".")] + document.bytes)
      return "\(protected)..\(Base64URL.text(Array(signature)))"
    } catch {
      throw .failed(StageFailure(.write, .cannotWrite, "The hub's key could not sign the delivery: \(error)."))
    }
  }
}

extension FormatID {
  /// The media type of deliveries in this format.
  var contentType: String {
    switch self {
    case .stix: "application/stix+json;version=2.1"
    case .iodef: "application/xml"
    case .csv: "text/csv"
    case .cef: "text/plain"
    case .brief: "text/markdown"
    default: "application/json"
    }
  }
}

extension Obligations {
  /// Name and value of each obligation, in a fixed order: for the header and for formats that carry them.
  package var named: [OutgoingTerms.Obligation] {
    var list: [OutgoingTerms.Obligation] = []
    if let onward { list.append(.init("onward", onward.rawValue)) }
    if let retentionDays { list.append(.init("retention-days", String(retentionDays))) }
    if let pap { list.append(.init("pap", pap.rawValue)) }
    if let attribution { list.append(.init("attribution", attribution.rawValue)) }
    if let embargoUntil { list.append(.init("embargo-until", Moment.text(embargoUntil))) }
    if let purposes { list.append(.init("purposes", purposes.joined(separator: ","))) }
    return list
  }
}

/// Base 64 with the alphabet for URLs and without padding (RFC 4648 section 5).
enum Base64URL {
  static func text(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
      var at = 0
      var start = 0
      while start < bytes.count {
        let count = min(3, bytes.count - start)
        var bits = UInt32(bytes[start]) << 16
        if count > 1 { bits |= UInt32(bytes[start + 1]) << 8 }
        if count > 2 { bits |= UInt32(bytes[start + 2]) }
        for place in 0...count {
          text[at] = alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)]
          at += 1
        }
        start += 3
      }
      return at
    }
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}

extension AMQPValue {
  /// What interpolating it gives, which codes in ledgers were made of: `string("text")`. Nearly all values are plain
  /// texts, for which there is a way without looking into types.
  var described: [UInt8] {
    switch self {
    case .string(let text) where text.utf8.allSatisfy(Self.isPlain):
      var bytes: [UInt8] = []
      bytes.reserveCapacity(text.utf8.count + 10)
      bytes.append(contentsOf: "string(\"".utf8)
      bytes.append(contentsOf: text.utf8)
      bytes.append(contentsOf: "\")".utf8)
      return bytes
    case .int64(let number): return Array("int64(\(number))".utf8)
    default: return Array("\(self)".utf8)
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }
}

import AMQP
import Contract
import Crypto
import JSON
import Ledger
import STIX
import Sharing
import Testing

@testable import Hub

@Suite struct `The delivery pipeline` {
  private let configuration: Configuration
  private let keys: HubKeys

  init() throws {
    configuration = try Example.configuration()
    keys = try testKeys().keys
  }

  /// A message of the example as it was read and decided, and what is intended for one recipient.
  private func intended(
    _ file: String, from sender: String, to recipient: String, headers: SenderHeaders = SenderHeaders()
  ) throws -> (PendingDelivery, DeliverySource) {
    try intended(body: try Example.message(file), from: sender, to: recipient, headers: headers)
  }

  private func intended(
    body: [UInt8], from sender: String, to recipient: String, headers: SenderHeaders = SenderHeaders()
  ) throws -> (PendingDelivery, DeliverySource) {
    let message = IncomingMessage(
      sender: .known(sender), messageID: "m-1", isDerivedID: false, publishedLane: .threat,
      body: body, headers: headers, headersJSON: Array("{}".utf8), isRedelivered: false)
    let judged = try IntakePipeline(configuration: configuration, keys: keys).run(message, at: Example.now)
    let record = IntakeRecord(keys: keys, configurationVersion: 1, claim: nil)
    guard case .accepted(let accepted) = record.accepted(judged, message, at: Example.now).verdict else {
      throw Example.Missing(path: sender)
    }
    let index = try #require(judged.decisions.firstIndex { $0.recipient == .known(recipient) })
    let delivery = PendingDelivery(
      number: 1, message: 1, pair: accepted.pairs[index], decision: judged.decisions[index],
      claimedUntil: Example.now)
    return (delivery, DeliverySource(message: message, read: judged.read, acceptedAt: Example.now))
  }

  private func seal(_ delivery: PendingDelivery, _ source: DeliverySource) throws -> SealedDelivery {
    try DeliveryPipeline(configuration: configuration, keys: keys, now: Example.now).run(delivery, of: source)
  }

  @Test func `hands the sender's bytes on only where all of them were read`() throws {
    let body = TestMessage.bundle(1) + Array("\n".utf8)
    let (delivery, source) = try intended(body: body, from: "us-cisa", to: "eu-enisa")
    #expect(delivery.decision.outcome == .deliver)
    #expect(try seal(delivery, source).message.body == body)
    // Today's reader may pass over what that of the day of the decision had read.
    let read = ReadMessage(
      identified: source.read.identified, kind: source.read.kind, canonical: source.read.canonical,
      residue: [JSONPointer(tokens: ["objects", "0", "x_secret"])])
    let partly = DeliverySource(message: source.message, read: read, acceptedAt: Example.now)
    #expect(try seal(delivery, partly).message.body != body)
  }

  @Test func `judges untouched bytes again only where the terms may have changed since`() throws {
    let (delivery, source) = try intended(body: TestMessage.bundle(1), from: "us-cisa", to: "eu-enisa")
    func sealed(
      under ground: DecisionGround?, by now: Configuration, later milliseconds: Int64 = 1000
    ) throws -> SealedDelivery {
      let pair = Pair(
        recipient: delivery.recipient, outcome: .deliver, rule: "", arrangement: nil, reason: "", objects: [],
        decision: [], deliveryID: delivery.deliveryID, lane: delivery.lane, format: delivery.format)
      let again = PendingDelivery(
        number: 1, message: 1, pair: pair, decision: delivery.decision, ground: ground, claimedUntil: Example.now)
      return try DeliveryPipeline(
        configuration: now, keys: keys, now: Example.now.adding(milliseconds: milliseconds)
      ).run(again, of: source)
    }
    let ground = configuration.ground(at: Example.now)
    let narrower = configuration.suspending([.known("eu-enisa")])
    #expect(try sealed(under: ground, by: configuration).message == sealed(under: nil, by: configuration).message)
    #expect(throws: DeliveryPipeline.Refusal.self) { try sealed(under: ground, by: narrower) }
    #expect(throws: DeliveryPipeline.Refusal.self) { try sealed(under: nil, by: narrower) }
    // Long after every arrangement of the example has ended.
    let century: Int64 = 100 * 365 * 86_400_000
    #expect(throws: DeliveryPipeline.Refusal.self) { try sealed(under: ground, by: configuration, later: century) }
  }

  @Test func `reduces a bundle to what the recipient may have, and no withheld id is left in it`() throws {
    let (delivery, source) = try intended("gridworm.json", from: "us-cisa", to: "eu-enisa")
    let sealed = try seal(delivery, source)
    let text = String(decoding: sealed.message.body, as: UTF8.self)
    for withheld in delivery.decision.withheld {
      #expect(!text.contains(source.read.canonical.objects[withheld.object].id))
    }
    let objects = try JSONDocument(sealed.message.body).root["objects"]
    #expect(objects?.count == delivery.decision.keep.count)
    #expect(!text.contains("192.0.2.201"))
  }

  @Test func `writes a MISP event for a recipient that works with MISP`() throws {
    let (delivery, source) = try intended("gridworm.json", from: "us-cisa", to: "pl-cert-polska")
    let sealed = try seal(delivery, source)
    let event = try JSONDocument(sealed.message.body).root["Event"]
    #expect(event?["Attribute"]?.elements.contains { $0["value"]?.string == "198.51.100.23" } == true)
    #expect(sealed.message.properties.type == "misp/bundle")
    #expect(sealed.message.properties.headers?[HeaderKeys.losses] != nil)
  }

  @Test func `writes an early warning as STIX for a recipient that takes STIX`() throws {
    let (delivery, source) = try intended("early-warning.json", from: "nl-ncsc", to: "eu-enisa")
    let sealed = try seal(delivery, source)
    #expect(sealed.message.properties.type?.hasSuffix("/early-warning") == true)
    #expect(sealed.message.properties.headers?[HeaderKeys.tlp] == "TLP:AMBER")
  }

  @Test func `gives equal bytes, properties and signature for the same intention`() throws {
    let (delivery, source) = try intended("gridworm.json", from: "us-cisa", to: "eu-enisa")
    let first = try seal(delivery, source)
    let second = try seal(delivery, source)
    #expect(first.message == second.message)
    #expect(first.mac == second.mac)
  }

  @Test func `sets only properties of the allow-list`() throws {
    var headers = SenderHeaders()
    headers.purpose = "detection"
    headers.caseReference = "case 7"
    let (delivery, source) = try intended("gridworm.json", from: "us-cisa", to: "eu-enisa", headers: headers)
    let properties = try seal(delivery, source).message.properties
    let names = try #require(properties.headers).map(\.key)
    let allowed: Set = [
      HeaderKeys.revision, HeaderKeys.sender, HeaderKeys.tlp, HeaderKeys.obligations, HeaderKeys.losses,
      HeaderKeys.hubSignature,
    ]
    #expect(Set(names).isSubset(of: allowed))
    #expect(properties.messageID == delivery.deliveryID)
    #expect(properties.timestamp == UInt64(Example.now.milliseconds / 1000))
    #expect(properties.replyTo == nil && properties.expiration == nil && properties.userID == nil)
    #expect(properties.priority == nil && properties.correlationID == nil && properties.appID == nil)
  }

  @Test func `signs body and terms with the hub's key, as a detached JWS`() throws {
    let (delivery, source) = try intended("gridworm.json", from: "us-cisa", to: "eu-enisa")
    let message = try seal(delivery, source).message
    let signature = try #require(message.properties.headers?[HeaderKeys.hubSignature]?.text)
    let parts = signature.split(separator: ".", omittingEmptySubsequences: false)
    #expect(parts.count == 3 && parts[1].isEmpty)
    let bytes = try #require(Base64URLDecoder.bytes(String(parts[2])))
    let signed = Array(parts[0].utf8) + [UInt8(ascii: ".")] + message.body
    #expect(keys.signing.publicKey.isValidSignature(bytes, for: signed))
    #expect(!keys.signing.publicKey.isValidSignature(bytes, for: signed + [0x20]))
  }

  @Test func `withholds what would name an originator whom nobody is told`() throws {
    let (delivery, source) = try intended("gridworm.json", from: "us-cisa", to: "eu-enisa")
    var nameless = delivery.decision
    nameless.obligations.attribution = .mustNot
    let anonymous = PendingDelivery(
      number: 1, message: 1,
      pair: Pair(
        recipient: delivery.recipient, outcome: .redact, rule: "", arrangement: nil, reason: "", objects: [],
        decision: [], deliveryID: delivery.deliveryID, lane: delivery.lane, format: delivery.format),
      decision: nameless, claimedUntil: Example.now)
    let refusal = try #require(throws: DeliveryPipeline.Refusal.self) { try seal(anonymous, source) }
    guard case .withheld(let rule, _) = refusal else { throw refusal }
    #expect(rule == "cannot-carry-obligation")
  }

  @Test func `asks for the terms of the moment, and keeps the bytes of the acceptance`() throws {
    let (delivery, source) = try intended("gridworm.json", from: "us-cisa", to: "eu-enisa")
    // The arrangement of the example ends in December 2028.
    let later = Example.now.adding(milliseconds: 5 * 366 * 86_400_000)
    #expect(throws: DeliveryPipeline.Refusal.self) {
      try DeliveryPipeline(configuration: configuration, keys: keys, now: later).run(delivery, of: source)
    }
    let soon = Example.now.adding(milliseconds: 86_400_000)
    let tomorrow = try DeliveryPipeline(configuration: configuration, keys: keys, now: soon).run(delivery, of: source)
    #expect(try tomorrow.message == seal(delivery, source).message)
  }

  @Test func `refuses a decision that names objects which the message does not have`() throws {
    var (delivery, source) = try intended("gridworm.json", from: "us-cisa", to: "eu-enisa")
    var decision = delivery.decision
    decision.keep.append(10_000)
    delivery = PendingDelivery(
      number: 1, message: 1,
      pair: Pair(
        recipient: delivery.recipient, outcome: .redact, rule: "", arrangement: nil, reason: "", objects: [],
        decision: [], deliveryID: delivery.deliveryID, lane: delivery.lane, format: delivery.format),
      decision: decision, claimedUntil: Example.now)
    let broken = delivery
    let whole = source
    #expect(throws: DeliveryPipeline.Refusal.self) { try seal(broken, whole) }
  }

  @Test func `withholds what today's terms no longer let through`() throws {
    let (delivery, source) = try intended("gridworm.json", from: "us-cisa", to: "eu-enisa")
    let none = Configuration(agencies: Array(configuration.agencies.values), arrangements: [])
    #expect(throws: DeliveryPipeline.Refusal.self) {
      try DeliveryPipeline(configuration: none, keys: keys, now: Example.now).run(delivery, of: source)
    }
  }
}

/// The reverse of what the hub writes, for checking it.
private enum Base64URLDecoder {
  static func bytes(_ text: String) -> [UInt8]? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for character in text.utf8 {
      guard let value = alphabet.firstIndex(of: character) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(bits >> UInt32(count) & 255))
      }
    }
    return bytes
  }
}

import Ledger
import AMQP
import Contract
import JSON
import STIX
import Sharing
import Testing

@testable import Hub

/// Deliveries in which something is replaced, through the whole pipeline.
@Suite struct `Deliveries in which something is replaced` {
  private let keys: HubKeys

  init() throws { keys = try testKeys().keys }

  private func sealed(
    _ configuration: Configuration, _ file: String, from sender: String, to recipient: String
  ) throws -> SealedDelivery {
    let message = IncomingMessage(
      sender: .known(sender), messageID: "m-1", isDerivedID: false, publishedLane: .threat,
      body: try Example.message(file), headers: SenderHeaders(), headersJSON: Array("{}".utf8), isRedelivered: false)
    let judged = try IntakePipeline(configuration: configuration, keys: keys).run(message, at: Example.now)
    let decision = try #require(judged.decisions.first { $0.recipient == .known(recipient) })
    let delivery = PendingDelivery(
      number: 1, message: 1,
      pair: Pair(
        recipient: decision.recipient, outcome: DecisionOutcome(decision.outcome), rule: "", arrangement: nil,
        reason: "", objects: decision.keep, decision: decision.encoded(), deliveryID: "d-1", lane: .threat,
        format: judged.formats[decision.recipient]), decision: decision, claimedUntil: Example.now)
    let source = DeliverySource(message: message, read: judged.read, acceptedAt: Example.now)
    return try DeliveryPipeline(configuration: configuration, keys: keys, now: Example.now).run(delivery, of: source)
  }

  /// The example with a duty that all its arrangements ask for.
  private func example(_ obligations: Obligations) throws -> Configuration {
    let configuration = try Example.configuration()
    let arrangements = configuration.arrangements.map { arrangement in
      var stricter = arrangement
      stricter.obligations = arrangement.obligations.adding(obligations)
      return stricter
    }
    return Configuration(
      settings: configuration.settings, agencies: Array(configuration.agencies.values), arrangements: arrangements)
  }

  @Test(arguments: ["eu-enisa", "pl-cert-polska", "nl-ncsc"])
  func `an originator whom nobody is told is named nowhere, in whatever format`(_ recipient: String) throws {
    let configuration = try example(Obligations(attribution: .mustNot))
    let sealed = try sealed(configuration, "gridworm.json", from: "us-cisa", to: recipient)
    let text = String(decoding: sealed.message.body, as: UTF8.self).lowercased()
    let cisa = try #require(configuration.agencies[.known("us-cisa")])
    for name in [cisa.id.slug, cisa.name, cisa.identity ?? ""] { #expect(!text.contains(name.lowercased())) }
    #expect(sealed.message.properties.headers?[HeaderKeys.sender] == nil)
    let original = try STIXBundle(reading: JSONDocument(Example.message("gridworm.json")))
    for object in original.objects where ObjectKind(type: object.type) == .domain {
      #expect(!text.contains(object.id.suffix(36)), "\(object.id) stands in \(text)")
    }
  }

  @Test func `a redaction changes what leaves, and the rest stays sound`() throws {
    let configuration = try example(Obligations(redaction: [.freeText: .drop, .victimInfrastructure: .pseudonymise]))
    let sealed = try sealed(configuration, "gridworm.json", from: "us-cisa", to: "eu-enisa")
    let bundle = try STIXBundle(reading: JSONDocument(sealed.message.body))
    #expect(!bundle.objects.isEmpty)
    #expect(bundle.objects.allSatisfy { $0.value["description"] == nil })
    let ids = Set(bundle.objects.map(\.id))
    for object in bundle.objects {
      for key in ["source_ref", "target_ref"] {
        if let target = object.value[key]?.string { #expect(ids.contains(target)) }
      }
    }
  }
}

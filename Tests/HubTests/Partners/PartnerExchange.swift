import Contract
import Ledger
import STIX
import Sharing
import Testing

@testable import Hub

/// An exchange without a broker whose configuration describes partners' formats: `acme` sends them, `beta` takes STIX and
/// `gamma` takes the feed.
struct PartnerExchange {
  static let feed = """
    mapping: acme-feed
    title: Feed of Acme
    version: "1"
    kind: event
    text: csv
    required: [ip, seen]
    tlp: {from: share, values: {all: "TLP:CLEAR", few: "TLP:AMBER", none: "TLP:RED"}}
    time: {from: seen, date: "YYYY-MM-DD hh:mm:ss"}
    objects:
      - name: address
        type: ipv4-addr
        set: {value: {from: ip}}
      - type: observed-data
        key: [ip, seen]
        set:
          first_observed: {from: seen, date: "YYYY-MM-DD hh:mm:ss"}
          last_observed: {from: seen, date: "YYYY-MM-DD hh:mm:ss"}
          number_observed: 1
          object_refs: {refs: [address]}
    examples:
      - name: one
        input: |
          ip,seen,share
          198.51.100.7,2026-11-24 06:00:05,few
        back: true
        gives:
          - {type: ipv4-addr, value: 198.51.100.7, tlp: "TLP:AMBER"}
          - {type: observed-data, number_observed: 1}

    """

  let folder: TemporaryFolder
  let configuration: Configuration
  let keys: HubKeys

  init(_ files: [String: String] = [:], sends: String = "[stix, acme-feed]", maximumTLP: String = "TLP:AMBER") throws {
    folder = try TemporaryFolder()
    var all = ["hub.yaml": "name: test\n", "mappings/acme-feed.yaml": Self.feed]
    for (id, sends, accepts) in [("acme", sends, "stix"), ("beta", "[]", "stix"), ("gamma", "[]", "acme-feed")] {
      all["agencies/\(id).yaml"] = """
        id: \(id)
        name: Agency \(id)
        jurisdiction: EU
        sends: \(sends)
        accepts:
          - format: \(accepts)

        """
    }
    all["arrangements/terms.yaml"] = """
      id: terms
      title: Terms
      version: 1
      parties: [acme, beta, gamma]
      status: trial
      effective-from: 2020-01-01
      legal-bases:
        - id: basis
          title: A basis
      unmarked: withhold
      grants:
        - id: all
          from: acme
          to: [beta, gamma]
          kinds: [event, indicators, bundle, vulnerability]
          object-types: [all]
          maximum-tlp: \(maximumTLP)

      """
    for (name, text) in files { all[name] = text }
    for (name, text) in all { try folder.write(text, to: name) }
    configuration = try Configuration.load(folder: folder.path)
    keys = try testKeys().keys
  }

  var pipeline: IntakePipeline { IntakePipeline(configuration: configuration, keys: keys) }

  func message(_ text: String, type: String? = nil, contentType: String? = nil, id: String = "m-1") -> IncomingMessage {
    IncomingMessage(
      sender: .known("acme"), messageID: id, isDerivedID: false, publishedLane: .threat, body: Array(text.utf8),
      type: type, contentType: contentType, headers: SenderHeaders(), headersJSON: Array("{}".utf8),
      isRedelivered: false)
  }

  func run(_ text: String, type: String? = nil, contentType: String? = nil) throws -> JudgedMessage {
    try pipeline.run(message(text, type: type, contentType: contentType), at: Example.now)
  }

  func failure(_ text: String, type: String? = nil, contentType: String? = nil) throws -> StageFailure {
    let pipeline = pipeline
    let message = message(text, type: type, contentType: contentType)
    return try #require(throws: StageFailure.self) { try pipeline.run(message, at: Example.now) }
  }

  /// What one agency would get, or why not.
  func delivered(_ message: IncomingMessage, to recipient: String) throws -> SealedDelivery {
    let judged = try pipeline.run(message, at: Example.now)
    let record = IntakeRecord(keys: keys, configurationVersion: 1, claim: nil)
    guard case .accepted(let accepted) = record.accepted(judged, message, at: Example.now).verdict else {
      throw Example.Missing(path: recipient)
    }
    let index = try #require(judged.decisions.firstIndex { $0.recipient == .known(recipient) })
    let delivery = PendingDelivery(
      number: 1, message: 1, pair: accepted.pairs[index], decision: judged.decisions[index],
      claimedUntil: Example.now)
    let source = DeliverySource(message: message, read: judged.read, acceptedAt: Example.now)
    return try DeliveryPipeline(configuration: configuration, keys: keys, now: Example.now).run(delivery, of: source)
  }
}

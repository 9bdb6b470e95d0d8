import BrokerTestSupport

/// The configuration of a test's exchange: `alpha` publishes; `beta` takes STIX, `gamma` MISP, and `delta` is in no
/// arrangement.
struct TestTerms: Sendable {
  var messageBytes = 16 << 20
  var inboxBytes = 8 << 20
  var deliveryLimit = 10
  /// Lines put into the grant to beta and gamma.
  var grant = "maximum-tlp: TLP:AMBER"
  var suspended = false
  var unmarked = "withhold"
  var objectTypes = "all"
  /// Whether delta is a party after all, with the same grant.
  var deltaIsParty = false
  /// The hub's name.
  var name = "test"
  /// Agencies that are hubs.
  var hubs: Set<String> = []
  /// Whether delta may pass to beta what alpha may.
  var deltaSends = false
  /// The formats that all may publish.
  var sends = "stix, nis2"
  /// More lines of hub.yaml.
  var flow = ""
  /// Where the hub finds the broker, where not at its usual port, and more lines of `broker`.
  var brokerPort: UInt16?
  var tls = ""

  func write(to folder: TemporaryFolder, prefix: TestPrefix) throws {
    try folder.write(
      """
      name: \(name)
      broker:
        port: \(brokerPort ?? prefix.port)
        \(tls)
        management:
          port: \(prefix.managementPort)
        vhost-prefix: "\(prefix.text)"
      ledger: ledger/test.sqlite
      secrets-folder: secrets
      limits:
        message-bytes: \(messageBytes)
        intake-bytes: 33554432
        inbox-bytes: \(inboxBytes)
        dead-bytes: 8388608
        receipts-bytes: 1048576
        delivery-limit: \(deliveryLimit)
      retry:
        first-milliseconds: 50
        longest-milliseconds: 500
      \(flow)
      """, to: "hub.yaml")
    for (id, accepts) in [("alpha", "stix"), ("beta", "stix"), ("gamma", "misp"), ("delta", "stix")] {
      try folder.write(
        """
        id: \(id)
        name: Agency \(id)
        jurisdiction: EU
        sends: [\(sends)]
        accepts:
          - format: \(accepts)
        maximum-tlp: TLP:RED
        kind: \(hubs.contains(id) ? "hub" : "agency")

        """, to: "agencies/\(id).yaml")
    }
    try folder.write(
      """
      id: terms
      title: Terms of a test
      version: 1
      parties: [alpha, beta, gamma\(deltaIsParty ? ", delta" : "")]
      status: trial
      effective-from: 2020-01-01
      legal-bases:
        - id: basis
          title: A basis
      purposes: [detection]
      unmarked: \(unmarked)
      suspended: \(suspended)
      grants:
        - id: alpha-to-others
          from: alpha
          to: [beta, gamma\(deltaIsParty ? ", delta" : "")]
          kinds: [indicators, malware, bundle, early-warning]
          object-types: [\(objectTypes)]
          \(grant)
          exercises: allowed
      \(deltaSends ? "  - {id: delta-to-beta, from: delta, to: [beta], kinds: [indicators, malware, bundle], object-types: [all], maximum-tlp: TLP:AMBER}" : "")

      """, to: "arrangements/terms.yaml")
  }
}

/// STIX messages of tests.
enum TestMessage {
  static let green = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
  static let amber = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
  static let red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"

  /// A bundle of indicators, one for each label; `number` makes their ids.
  static func bundle(_ number: Int, markings: [String] = [green], description: String = "") -> [UInt8] {
    let objects = markings.enumerated().map { index, marking in
      indicator(number * 100 + index, marking: marking, description: description)
    }
    let id = "bundle--00000000-0000-4000-8000-" + padded(number)
    return Array(
      #"{"type":"bundle","id":"\#(id)","objects":[\#(objects.joined(separator: ","))]}"#.utf8)
  }

  static func indicatorID(_ number: Int) -> String { "indicator--00000000-0000-4000-8000-" + padded(number) }

  private static func indicator(_ number: Int, marking: String, description: String) -> String {
    let text = description.isEmpty ? "" : #""description":"\#(description)","#
    return #"{"type":"indicator","spec_version":"2.1","id":"\#(indicatorID(number))",\#(text)"#
      + #""created":"2026-01-02T03:04:05.000Z","modified":"2026-01-02T03:04:05.000Z","#
      + #""object_marking_refs":["\#(marking)"],"indicator_types":["malicious-activity"],"#
      + #""pattern":"[ipv4-addr:value = '198.51.100.\#(number % 250)']","pattern_type":"stix","#
      + #""pattern_version":"2.1","valid_from":"2026-01-02T03:04:05Z"}"#
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 12 - digits.count) + digits
  }
}

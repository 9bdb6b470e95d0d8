import Contract
import JSON
import STIX
import Sharing

/// Bundles of valid STIX objects, equal in every run.
enum Messages {
  static let types = [
    "indicator", "malware", "campaign", "tool", "identity", "ipv4-addr", "domain-name", "vulnerability",
  ]
  private static let labels: [TLP?] = [.clear, .green, .amber, .amberStrict, nil]
  private static let stamp = #""2026-01-05T10:00:00.000Z""#

  static func submission(_ count: Int, round: Int) throws -> Submission {
    Submission(
      sender: Terms.agencies[0], kind: .bundle, lane: .threat,
      bundle: try STIXBundle(
        reading: JSONDocument(
          Array(bundle(count, round: round).utf8), limits: JSONLimits(maximumBytes: .max))),
      at: Instant(milliseconds: 1_795_000_000_000))
  }

  static func bundle(_ count: Int, round: Int) -> String {
    let objects = (0..<count).map { object($0, round) }.joined(separator: ",")
    return #"{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":[\#(objects)]}"#
  }

  /// Every sixth object is a relationship between the two before it.
  private static func type(_ place: Int) -> String {
    place % 6 == 5 ? "relationship" : types[place % types.count]
  }

  private static func id(_ place: Int, _ round: Int) -> String {
    let digits = String(place + round * 1_000_000, radix: 16)
    let tail = String(repeating: "0", count: 12 - digits.count) + digits
    let type = type(place)
    return "\(type)--00000000-0000-\(type.hasSuffix("-addr") || type.hasPrefix("domain") ? 5 : 4)000-8000-\(tail)"
  }

  private static func object(_ place: Int, _ round: Int) -> String {
    let type = type(place)
    var members = #""type":"\#(type)","spec_version":"2.1","id":"\#(id(place, round))""#
    if let label = labels[place % labels.count] { members += #","object_marking_refs":["\#(label.markingID)"]"# }
    switch type {
    case "ipv4-addr": return "{\(members)" + #","value":"192.0.2.\#(place % 256)"}"#
    case "domain-name": return "{\(members)" + #","value":"host-\#(place).example"}"#
    default: members += #","created":\#(stamp),"modified":\#(stamp),"created_by_ref":"\#(id(4, round))""#
    }
    switch type {
    case "relationship":
      members +=
        #","relationship_type":"related-to","source_ref":"\#(id(place - 1, round))","#
        + #""target_ref":"\#(id(place - 2, round))""#
    case "indicator":
      members +=
        #","name":"indicator \#(place)","pattern":"[ipv4-addr:value = '192.0.2.\#(place % 256)']","#
        + #""pattern_type":"stix","valid_from":\#(stamp)"#
    case "malware": members += #","name":"malware \#(place)","is_family":false"#
    case "identity": members += #","name":"organisation \#(place)","identity_class":"organization""#
    default: members += #","name":"object \#(place)","description":"what somebody wrote about \#(place)""#
    }
    return "{\(members)}"
  }
}

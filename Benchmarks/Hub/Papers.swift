/// The messages that are measured with: real ones in form, made of a number, so that no two are equal.
enum Papers {
  private static let green = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
  private static let clear = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"

  /// A STIX bundle of about so many bytes: indicators of 1 KiB each, and as many more as fit.
  static func stix(_ number: Int, bytes: Int) -> [UInt8] {
    let count = max(1, bytes / 1024)
    let objects = (0..<count).map { indicator(number, $0, bytes: bytes / count) }.joined(separator: ",")
    return Array(#"{"type":"bundle","id":"bundle--\#(uuid(number, 0))","objects":[\#(objects)]}"#.utf8)
  }

  private static func indicator(_ number: Int, _ part: Int, bytes: Int) -> String {
    let text =
      #"{"type":"indicator","spec_version":"2.1","id":"indicator--\#(uuid(number, part + 1))","#
      + #""name":"Command server \#(number).\#(part)","#
      + #""created":"2026-01-02T03:04:05.000Z","modified":"2026-01-02T03:04:05.000Z","#
      + #""object_marking_refs":["\#(part % 2 == 0 ? clear : green)"],"indicator_types":["malicious-activity"],"#
      + #""pattern":"[ipv4-addr:value = '198.51.\#(part % 250).\#(number % 250)']","#
      + #""pattern_type":"stix","pattern_version":"2.1","valid_from":"2026-01-02T03:04:05Z","description":""#
    return text + String(repeating: "seen again ", count: max(0, bytes - text.utf8.count - 80) / 11) + #""}"#
  }

  /// A MISP event of about so many bytes.
  static func misp(_ number: Int, bytes: Int) -> [UInt8] {
    let attributes = (0..<max(1, bytes / 260)).map { part in
      #"{"uuid":"\#(uuid(number, part + 1))","type":"domain","category":"Network activity","to_ids":true,"#
        + #""timestamp":"1795161600","comment":"a download site","value":"n\#(number)-\#(part).example"}"#
    }
    return Array(
      (#"{"Event":{"uuid":"\#(uuid(number, 0))","info":"Event \#(number)","date":"2026-11-20","#
        + #""timestamp":"1795161600","Orgc":{"name":"CSIRT","uuid":"00000001-0000-4000-8000-000000000000"},"#
        + #""Tag":[{"name":"tlp:green"}],"Attribute":[\#(attributes.joined(separator: ","))]}}"#).utf8)
  }

  /// A NIS2 early warning; its reference says the number.
  static func warning(_ number: Int) -> [UInt8] {
    Array(
      (#"{"format":"nis2","version":"2026.1","stage":"early_warning","reference":"NL-2026-\#(number)","#
        + #""title":"Outage \#(number)","description":"What is known so far.","tlp":"TLP:GREEN","member_state":"NL","#
        + #""csirt":{"name":"CSIRT","agency":"source-1","contact":{"email":"desk@csirt.example"}},"#
        + #""reporting_entity":{"name":"Noord B.V.","registration":"NL-1","class":"essential","sector":"energy","#
        + #""country":"NL","contact":{"role":"SOC","email":"soc@noord.example"}},"#
        + #""detected_at":"2026-11-24T03:52:00Z","aware_at":"2026-11-24T04:30:00Z","#
        + #""submitted_at":"2026-11-24T09:15:00Z","suspected_malicious":"yes","#
        + #""cross_border":{"suspected":"no"},"severity":{"level":"high"},"#
        + #""nature":{"threat_type":"ransomware"},"ongoing":true}"#).utf8)
  }

  /// An event of IntelMQ.
  static func intelMQ(_ number: Int) -> [UInt8] {
    Array(
      (#"{"__type":"Event","feed.name":"Feed","feed.accuracy":100.0,"time.observation":"2026-11-20T12:00:00+00:00","#
        + #""time.source":"2026-11-20T11:00:00+00:00","classification.type":"c2-server","#
        + #""source.ip":"198.51.100.\#(number % 250)","source.port":443,"source.asn":64496,"source.geolocation.cc":"NL","#
        + #""source.fqdn":"n\#(number).example","malware.name":"gridworm","event_description.text":"seen again"}"#).utf8
    )
  }

  /// The number in a warning's reference.
  static func number(ofWarning body: [UInt8]) -> Int? {
    let text = String(decoding: body, as: UTF8.self)
    return text.firstMatch(of: #/NL-2026-(\d+)/#).flatMap { Int($0.output.1) }
  }

  private static func uuid(_ number: Int, _ part: Int) -> String {
    let high = String(number, radix: 16)
    let low = String(part, radix: 16)
    return String(repeating: "0", count: 8 - high.count) + high + "-0000-4000-8000-"
      + String(repeating: "0", count: 12 - low.count) + low
  }
}

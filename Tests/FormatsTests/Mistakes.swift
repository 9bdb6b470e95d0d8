/// The mistakes that `MistakesTests` makes.
enum Mistakes {
  static let all = texts + envelope + objects + references + observables + patterns + advice + others

  private static func stix(_ type: String, _ members: String, uuid: String = "4a7c9b1e-2f35-4d68-8e0a-1b6c5d9f3a27")
    -> String
  {
    #"{"type":"\#(type)","spec_version":"2.1","id":"\#(type)--\#(uuid)","#
      + #""created":"2026-11-24T06:30:00.000Z","modified":"2026-11-24T06:30:00.000Z",\#(members)}"#
  }

  private static func observable(_ type: String, _ members: String) -> String {
    #"{"type":"\#(type)","spec_version":"2.1","id":"\#(type)--4a7c9b1e-2f35-5d68-8e0a-1b6c5d9f3a27",\#(members)}"#
  }

  private static let indicator = stix(
    "indicator",
    #""name":"n","description":"d","pattern":"[ipv4-addr:value = '198.51.100.3']","pattern_type":"stix","#
      + #""valid_from":"2026-11-24T00:00:00Z""#)
  private static let malware = stix("malware", #""name":"Poison Ivy","is_family":true"#)

  private static func wrong(_ title: String, _ text: String, _ old: String = "", _ new: String = "") -> Mistake {
    precondition(old.isEmpty || text.contains(old), "\(title) changes something")
    return Mistake(title: title, text: old.isEmpty ? text : text.replacing(old, with: new))
  }

  // MARK: Texts that are not JSON

  private static let texts = [
    wrong("a comma is missing", "{\n  \"type\": \"bundle\"\n  \"id\": 7\n}"),
    wrong("a comma too many", "{\"a\": [1, 2,]}"),
    wrong("quotes of another kind", "{'type': 'bundle'}"),
    wrong("the end is cut off", "{\"type\": \"bundle\", \"objects\": [{\"type\": \"ind"),
    wrong("a key twice", "{\"type\": \"bundle\",\n \"id\": 1,\n \"id\": 2}"),
    wrong("a byte order mark", "\u{FEFF}{}"),
    wrong("half of a surrogate pair", #"{"a": "\ud83d"}"#),
    wrong("a number out of range", "{\"a\": 1e999}"),
    wrong("too deep", String(repeating: "[", count: 200) + String(repeating: "]", count: 200)),
    wrong("nothing at all", ""),
    wrong("too large", "\"" + String(repeating: "a", count: 5000) + "\""),
  ]

  // MARK: Bundles

  private static let envelope = [
    wrong("STIX 2.0", #"{"type":"bundle","spec_version":"2.0","id":"bundle--1","objects":[]}"#),
    wrong(
      "a bundle without objects", #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[]}"#
    ),
    wrong("a bundle with a wrong id", #"{"type":"bundle","id":"bundle--1","objects":[\#(malware)]}"#),
    wrong(
      "a bundle in a bundle",
      #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[{"type":"bundle"}]}"#),
    wrong(
      "one id with two contents",
      #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[\#(malware),"#
        + malware.replacing("Poison Ivy", with: "PIVY") + "]}"),
  ]

  // MARK: Objects

  private static let objects = [
    wrong("an indicator without a pattern type", indicator, #""pattern_type":"stix","#),
    wrong("an object without spec_version", malware, #""spec_version":"2.1","#),
    wrong("another spec_version", indicator, #""spec_version":"2.1""#, #""spec_version":"2.2""#),
    wrong("an id of another type", malware, "malware--", "tool--"),
    wrong("an id with a short UUID", malware, "1b6c5d9f3a27", "1b6c"),
    wrong("a time without milliseconds", malware, "06:30:00.000Z\",\"name", "06:30:00Z\",\"name"),
    wrong("a time with an offset", indicator, "00:00:00Z", "00:00:00+01:00"),
    wrong("a day that does not exist", indicator, "2026-11-24T00:00:00Z", "2026-02-30T00:00:00Z"),
    wrong("modified before created", malware, #""modified":"2026-11-24"#, #""modified":"2026-11-23"#),
    wrong(
      "an indicator that ends before it begins", indicator, #""valid_from""#,
      #""valid_until":"2026-11-23T00:00:00Z","valid_from""#),
    wrong("a boolean as text", malware, "true", #""true""#),
    wrong("a family without a name", malware, #""name":"Poison Ivy","#),
    wrong("a confidence above 100", malware, #""is_family""#, #""confidence":120,"is_family""#),
    wrong("an empty list", malware, #""is_family""#, #""labels":[],"is_family""#),
    wrong("a list with a number", malware, #""is_family""#, #""labels":["a",7],"is_family""#),
    wrong("null", malware, #""is_family""#, #""x_note":null,"is_family""#),
    wrong("a reserved name", malware, #""is_family""#, #""severity":"high","is_family""#),
    wrong("a property name in capitals", malware, #""is_family""#, #""Note":"x","is_family""#),
    wrong("a language that is none", malware, #""is_family""#, #""lang":"klingon","is_family""#),
    wrong("an opinion of one's own", stix("opinion", #""opinion":"meh","object_refs":["\#(report)"]"#)),
    wrong("a location that is nowhere", stix("location", #""name":"somewhere""#)),
    wrong("half a coordinate", stix("location", #""latitude":52.1,"region":"europe""#)),
    wrong("a latitude that is none", stix("location", #""latitude":152.1,"longitude":4.3"#)),
    wrong(
      "a CVE in the wrong form",
      stix("vulnerability", #""name":"n","external_references":[{"source_name":"cve","external_id":"CVE-20-1"}]"#)),
  ]

  private static let report = "report--4a7c9b1e-2f35-4d68-8e0a-1b6c5d9f3a27"

  // MARK: References and markings

  private static let references = [
    wrong(
      "a relationship to a marking",
      stix(
        "relationship",
        #""relationship_type":"uses","source_ref":"malware--4a7c9b1e-2f35-4d68-8e0a-1b6c5d9f3a27","#
          + #""target_ref":"marking-definition--4a7c9b1e-2f35-4d68-8e0a-1b6c5d9f3a27""#)),
    wrong(
      "a sighting by a tool",
      stix(
        "sighting",
        #""sighting_of_ref":"malware--4a7c9b1e-2f35-4d68-8e0a-1b6c5d9f3a27","#
          + #""where_sighted_refs":["tool--4a7c9b1e-2f35-4d68-8e0a-1b6c5d9f3a27"]"#)),
    wrong("a marking by its name", malware, #""is_family""#, #""object_marking_refs":["TLP:RED"],"is_family""#),
    wrong(
      "a selector that points at nothing", malware, #""is_family""#,
      #""granular_markings":[{"lang":"en","selectors":["description"]}],"is_family""#),
    wrong(
      "a TLP marking of one's own",
      #"{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--4a7c9b1e-2f35-4d68-8e0a-1b6c5d9f3a27","#
        + #""created":"2026-11-24T06:30:00.000Z","definition_type":"tlp","definition":{"tlp":"red"}}"#),
  ]

  // MARK: Observables

  private static let observables = [
    wrong("an address that is none", observable("ipv4-addr", #""value":"198.51.100.300""#)),
    wrong("a domain that is a URL", observable("domain-name", #""value":"http://example.com/""#)),
    wrong("a URL with a space", observable("url", #""value":"http://example.com/a b""#)),
    wrong("a MAC address in capitals", observable("mac-addr", #""value":"D2:FB:49:24:37:18""#)),
    wrong("an MD5 of the wrong length", observable("file", #""name":"n","hashes":{"MD5":"8764605c"}"#)),
    wrong("a file without name and hashes", observable("file", #""size":25"#)),
    wrong(
      "a port above 65535",
      observable(
        "network-traffic",
        #""protocols":["tcp"],"src_port":1,"dst_port":70000,"#
          + #""dst_ref":"ipv4-addr--4a7c9b1e-2f35-5d68-8e0a-1b6c5d9f3a27""#)),
    wrong("traffic from nowhere to nowhere", observable("network-traffic", #""protocols":["tcp"]"#)),
    wrong("a process with a derived id", observable("process", #""pid":7"#)),
    wrong("an account with nothing to derive its id from", observable("user-account", #""display_name":"d""#)),
    wrong(
      "payload in hexadecimal digits", observable("artifact", #""payload_bin":"0x00ff","mime_type":"text/plain""#)),
  ]

  // MARK: Patterns

  private static let patterns = [
    wrong("a pattern without brackets", indicator, "[ipv4-addr:value = '198.51.100.3']", "ipv4-addr:value = 'a'"),
    wrong("a pattern with a text that does not end", indicator, "198.51.100.3'", "198.51.100.3"),
    wrong("a pattern with and in small letters", indicator, "3']", "3' and ipv4-addr:value = 'b']"),
    wrong("a pattern with two types in one observation", indicator, "3']", "3' AND url:value = 'b']"),
    wrong("a pattern with a hash that is none", indicator, "ipv4-addr:value = '198", "file:hashes.MD5 = '198"),
  ]

  // MARK: Advice

  private static let advice = [
    wrong("a word that the vocabulary has not", malware, #""is_family""#, #""malware_types":["bug"],"is_family""#),
    wrong("a property without its extension", malware, #""is_family""#, #""colour":"red","is_family""#),
    wrong(
      "a relationship that is not suggested",
      stix(
        "relationship",
        #""relationship_type":"eats","source_ref":"malware--4a7c9b1e-2f35-4d68-8e0a-1b6c5d9f3a27","#
          + #""target_ref":"tool--4a7c9b1e-2f35-4d68-8e0a-1b6c5d9f3a27""#)),
    wrong(
      "an id that is not derived", observable("mutex", #""name":"m""#)),
  ]

  // MARK: Other formats

  private static let others = [
    wrong("a report without the moment of awareness", FindingsTests.report, #""aware_at":"2026-11-24T04:30:00Z","#),
    wrong(
      "a report before its moment of awareness", FindingsTests.report, "2026-11-24T09:15:00Z", "2026-11-24T04:00:00Z"),
    wrong("a MISP hash of the wrong length", FindingsTests.event, "8764605c6f388c89096b534d33565802", "8764"),
    wrong("a MISP date that does not exist", FindingsTests.event, "2026-11-24", "2026-02-30"),
    wrong(
      "a MISP address that is none", FindingsTests.event,
      #""type":"md5","category":"Payload delivery","value":"8764605c6f388c89096b534d33565802""#,
      #""type":"ip-dst","category":"Network activity","value":"999.1.2.3""#),
    wrong(
      "a MISP event for a sharing group that is not named", FindingsTests.event, #""info":"x""#,
      #""info":"x","distribution":"4","sharing_group_id":"0""#),
    wrong(
      "an artifact that is here and elsewhere",
      observable(
        "artifact",
        #""payload_bin":"aGk=","url":"https://e.example/","hashes":{"MD5":"8764605c6f388c89096b534d33565802"}"#)),
    wrong(
      "a hash of one digit too many",
      observable("file", #""hashes":{"SHA-256":"\#(String(repeating: "0123456789", count: 6) + "01234")"}"#)),
    wrong("a pattern with double quotes", indicator, "'198.51.100.3'", #"\"198.51.100.3\""#),
    wrong("a pattern with an address that has no quotes", indicator, "'198.51.100.3'", "198.51.100.3"),
    wrong("a pattern that repeats half a time", indicator, "3']", "3'] REPEATS 0.5 TIMES"),
  ]
}

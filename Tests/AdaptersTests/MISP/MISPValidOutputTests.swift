import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// Whatever a bundle says, what becomes of it in MISP is what our own validation of MISP takes.
@Suite struct MISPValidOutputTests {
  private func object(_ type: String, _ members: String, number: Int = 1) -> String {
    #"{"type":"\#(type)","spec_version":"2.1","id":"\#(type)--0000000\#(number)-0000-4000-8000-000000000000",\#(members)}"#
  }

  private let times = #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z""#

  private func kept(_ members: String) -> String {
    #""extensions":{"\#(MISPExtension.id)":{"extension_type":"property-extension",\#(members)}}"#
  }

  private func write(_ objects: String...) throws -> (event: JSONValue, losses: [Loss], text: JSONDocument) {
    let list = objects.joined(separator: ",")
    let bundle = #"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[\#(list)]}"#
    let written = try MISPAdapter().write(
      try STIXBundle(reading: try Given.document(bundle)), terms: Given.terms())
    let text = try JSONDocument(written.output)
    #expect(MISPFormat().errors(text) == [], "\(list)")
    return (try #require(text.root["Event"]), written.losses, text)
  }

  @Test(arguments: [
    ("ipv4-addr", #""value":"999.1.2.3""#), ("ipv4-addr", #""value":"an address""#), ("ipv6-addr", #""value":"::g""#),
    ("ipv4-addr", #""value":"198.51.100.7/99""#), ("mac-addr", #""value":"d2:fb:49:24:37""#),
    ("file", #""hashes":{"MD5":"abc"}"#), ("file", #""name":"a","hashes":{"SHA-256":"12"}"#), ("file", #""size":-1"#),
    ("autonomous-system", #""number":99999999999"#), ("x509-certificate", #""hashes":{"SHA-1":"f"}"#),
    ("file", #""hashes":{"SSDEEP":"fuzzy"}"#),
  ])
  func `an observable whose value is none in MISP is a loss, and not in the event`(
    _ type: String, _ members: String
  ) throws {
    let (event, losses, _) = try write(object(type, members))
    #expect(event["Attribute"]?.count == 0)
    #expect(losses.map(\.severity) == [.meaning])
    #expect(losses.map(\.why) == ["no type of MISP says what it says"])
  }

  @Test(arguments: [
    "[ipv4-addr:value = '999.1.2.3']", "[ipv4-addr:value = 'evil.example']", "[ipv4-addr:value ISSUBSET '1.2.3.4/99']",
    "[file:hashes.'SHA-256' = 'abc']", "[autonomous-system:number = 99999999999]", "[file:size = -1]",
    "[network-traffic:dst_port = 70000]", "[mac-addr:value = 'd2']", "[file:hashes.SSDEEP = 'x']",
    "[network-traffic:src_ref.type = 'domain-name' AND network-traffic:src_ref.value = 'a.example']",
    "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = 'a.example']",
  ])
  func `a pattern about a value that is none in MISP is carried as text`(_ pattern: String) throws {
    let members = #"\#(times),"pattern":"\#(pattern)","pattern_type":"stix","valid_from":"2026-11-20T08:00:00Z""#
    let (event, losses, _) = try write(object("indicator", members))
    #expect(event["Attribute"]?[0]?["type"]?.string == "stix2-pattern")
    #expect(event["Attribute"]?[0]?["value"]?.string == pattern)
    #expect(losses.map(\.severity) == [.information])
  }

  @Test func `a time before 1970 is none in MISP`() throws {
    let old = #""created":"1955-11-05T06:00:00.000Z","modified":"1955-11-05T06:00:00.000Z""#
    let (event, losses, _) = try write(object("note", #"\#(old),"content":"x","object_refs":[]"#))
    #expect(event["timestamp"]?.string == "0")
    #expect(losses.contains { $0.what == "when note--00000001-0000-4000-8000-000000000000 was changed" })
  }

  @Test(arguments: [
    (#""x_misp_type":"ip-dst","x_misp_category":"Network activity","x_misp_value":"1.2.3""#, 0),
    (#""x_misp_type":"ip-dst|port","x_misp_category":"Network activity","x_misp_value":"1.2.3.4""#, 0),
    (#""x_misp_type":"text","x_misp_category":"","x_misp_value":"""#, 0),
    (#""x_misp_type":"text","x_misp_category":"","x_misp_value":"t""#, 1),
  ])
  func `what other converters keep of MISP has to be of MISP`(_ members: String, _ count: Int) throws {
    let (event, losses, _) = try write(object("x-misp-attribute", "\(times),\(members)"))
    #expect(event["Attribute"]?.count == count)
    #expect(losses.map(\.why) == [MISPWriting.noForm])
  }

  /// One value at a time of what our extension keeps, wrong.
  @Test(arguments: [
    #""uuid":"x""#, #""distribution":"9""#, #""distribution":"4""#, #""first_seen":"yesterday""#,
    #""sharing_group":{"name":"","uuid":"x"},"distribution":"4""#, #""first_seen":"2026-11-20T08:00:00""#,
  ])
  func `nothing that our extension keeps goes back without its form`(_ wrong: String) throws {
    let pattern = #""pattern":"[url:value = 'https://a.example/']","pattern_type":"stix""#
    let members = #"\#(times),\#(pattern),"valid_from":"2026-11-20T08:00:00Z","labels":["misp:type=\"url\""]"#
    let indicator = object("indicator", #"\#(members),\#(kept(#""kind":"attribute",\#(wrong)"#))"#)
    let (event, losses, _) = try write(indicator)
    #expect(event["Attribute"]?[0]?["value"]?.string == "https://a.example/")
    #expect(losses.contains { $0.why == MISPWriting.noForm })
  }

  @Test(arguments: [
    #""uuid":"x""#, #""date":"2026-02-31""#, #""date":"soon""#, #""threat_level_id":"9""#, #""analysis":"x""#,
    #""publish_timestamp":"-1""#, #""extends_uuid":"x""#, #""distribution":"7""#, #""distribution":"4""#,
  ])
  func `an event that was kept goes back with its form, or without`(_ wrong: String) throws {
    let frame = object(
      "report",
      #"\#(times),"name":"n","published":"2026-11-20T08:00:00Z","#
        + #""object_refs":["url--00000002-0000-4000-8000-000000000000"],"#
        + kept(#""kind":"event",\#(wrong)"#))
    let url = object("url", #""value":"https://a.example/""#, number: 2)
    let (event, losses, _) = try write(frame, url)
    #expect(event["info"]?.string == "n")
    #expect(losses.contains { $0.why == MISPWriting.noForm })
  }

  @Test func `attributes of an object go back only as what MISP takes`() throws {
    let list =
      #"[{"type":"ip-dst","value":"1.2.3"},{"type":"text","value":""},{"type":"text","value":"t","first_seen":"x"},"#
      + #"{"type":"text","value":"u","category":"","timestamp":"x","distribution":"4","tags":["\#(long)"]},7]"#
    let (event, losses, _) = try write(
      object("x-misp-object", #"\#(times),\#(kept(#""kind":"object","name":"n","attributes":\#(list)"#))"#))
    #expect(event["Object"]?[0]?["Attribute"]?.elements.map { $0["value"]?.string } == ["t", "u"])
    #expect(losses.count { $0.severity == .meaning && $0.why == MISPWriting.noForm } >= 3)
  }

  private let long = String(repeating: "long ", count: 300)

  @Test func `labels too long for a tag are losses`() throws {
    let note = object(
      "note", #"\#(times),"content":"x","object_refs":[],"labels":["\#(long)"],\#(kept(#""kind":"event-report""#))"#)
    let (_, losses, _) = try write(note)
    #expect(losses.contains { $0.location.tokens.last == "labels" })
  }

  // MARK: Hosts

  private func connection(_ traffic: String, _ others: String...) -> [String] {
    [
      object(
        "observed-data",
        #"\#(times),"first_observed":"2026-11-20T08:00:00Z","last_observed":"2026-11-20T08:00:00Z","number_observed":1,"#
          + #""object_refs":["network-traffic--00000002-0000-4000-8000-000000000000"],"#
          + #""labels":["misp:name=\"network-connection\"","misp:meta-category=\"network\""]"#),
      object("network-traffic", #""protocols":["tcp"],\#(traffic)"#, number: 2),
      object("domain-name", #""value":"www.example.com""#, number: 3),
      object("ipv4-addr", #""value":"192.0.2.1""#, number: 4),
    ]
  }

  @Test func `an end of traffic that is a host is one in the object, and comes back as one`() throws {
    let objects = connection(
      #""src_ref":"ipv4-addr--00000004-0000-4000-8000-000000000000","dst_ref":"domain-name--00000003-0000-4000-8000-000000000000","dst_port":443"#
    )
    let (event, _, text) = try write(objects[0], objects[1], objects[2], objects[3])
    let said = event["Object"]?[0]?["Attribute"]?.elements.map { attribute in
      "\(attribute["object_relation"]?.string ?? "") \(attribute["type"]?.string ?? "") \(attribute["value"]?.string ?? "")"
    }
    #expect(
      Set(said ?? []) == ["ip-src ip-src 192.0.2.1", "hostname-dst hostname www.example.com", "dst-port port 443"])
    let again = try MISPAdapter().read(text, origin: Given.origin()).output
    let traffic = try #require(again.objects.first { $0.type == "network-traffic" })
    let ends = ["src_ref", "dst_ref"].map { end in
      traffic.value[end]?.string.flatMap { again.object(id: $0) }.map {
        "\($0.type) \($0.value["value"]?.string ?? "")"
      }
    }
    #expect(ends == ["ipv4-addr 192.0.2.1", "domain-name www.example.com"])
  }

  @Test func `a host that traffic comes from has a relation in the object`() throws {
    let objects = connection(#""src_ref":"domain-name--00000003-0000-4000-8000-000000000000","src_port":99"#)
    let (event, _, _) = try write(objects[0], objects[1], objects[2])
    #expect(event["Object"]?[0]?["Attribute"]?[0]?["object_relation"]?.string == "hostname-src")
    #expect(event["Object"]?[0]?["Attribute"]?[0]?["type"]?.string == "hostname")
  }

  @Test func `a label that says an address does not make one of a host`() throws {
    let members =
      #"\#(times),"pattern":"[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'a.example']","#
      + #""pattern_type":"stix","valid_from":"2026-11-20T08:00:00Z","labels":["misp:type=\"ip-dst\""]"#
    let (event, _, _) = try write(object("indicator", members))
    #expect(event["Attribute"]?[0]?["type"]?.string == "hostname")
  }

  // MARK: One form

  @Test(arguments: [
    ("ip-dst", "1.2.3.4"), ("ip-dst", "1.2.3"), ("ip-dst", ""), ("ip-dst|port", "1.2.3.4|80"),
    ("ip-dst|port", "1.2.3.4"),
    ("md5", "x"), ("filename|md5", "a|8764605c6f388c89096b534d33565802"), ("text", "t"), ("", "t"), ("domain", "x y"),
    ("a|b", "c"), ("a|md5", "c|d"), ("port", "70000"), ("boolean", "maybe"), ("ip-src", "a.host"),
  ])
  func `what the writer may write is what validation takes`(_ type: String, _ value: String) throws {
    let attribute =
      #"{"uuid":"00000001-0000-4000-8000-000000000000","type":"\#(type)","category":"Other","value":"\#(value)"}"#
    let document = try Given.document(#"{"Attribute":[\#(attribute)]}"#)
    #expect(MISPFormat().errors(document).isEmpty == MISPValues.accepts(type, value))
  }

  @Test(arguments: [
    ("0.0.0.0", true), ("255.255.255.255", true), ("10.0.20.1", true), ("1.2.3.256", false), ("1.2.3", false),
    ("1.2.3.4.5", false), ("1.2.3.", false), (".1.2.3", false), ("01.2.3.4", false), ("00.2.3.4", false),
    ("1.2.3.4 ", false), ("", false), ("a.b.c.d", false), ("1..2.3", false), ("99999999999999999999.1.1.1", false),
  ])
  func `an address of version 4 is four numbers up to 255`(_ text: String, _ isOne: Bool) {
    #expect(IPAddress.isV4(text) == isOne)
  }
}

import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// Values of advisories and events that may not be shared, in the sender's own document.
@Suite struct NativeReplacingTests {
  /// A place of the first object of a type that has this text there, and what becomes of it.
  struct Change {
    var type: String
    var place: String
    var old: String?
    var new: Replacement

    init(_ type: String, _ place: String, _ old: String? = nil, _ new: String?) {
      (self.type, self.place, self.old) = (type, place, old)
      self.new = new.map { .value(Array("\"\($0)\"".utf8)) } ?? .removed
    }
  }

  private func pruned(
    _ format: FormatID, _ text: String, _ changes: [Change]
  ) throws -> (root: JSONValue, text: String, losses: [Loss]) {
    let adapter = try #require(AdapterCatalogue.adapter(for: format))
    let document = try Given.document(text)
    let bundle = try adapter.read(document, origin: Given.origin()).output
    var replacing: [JSONPointer: Replacement] = [:]
    for change in changes {
      let place = try JSONPointer(change.place)
      let object = try #require(
        bundle.objects.first { object in
          object.type == change.type && object.value.at(place) != nil
            && (change.old == nil || object.value.at(place)?.string == change.old)
        }, "\(change)")
      replacing[bundle.location(of: object.index, place)] = change.new
    }
    let pruned = try adapter.prune(
      document, bundle: bundle, keeping: Array(bundle.objects.indices), replacing: replacing)
    let left = try JSONDocument(pruned.output)
    #expect(FormatCatalogue.format(format)?.errors(left) == [])
    #expect(try adapter.read(left, origin: Given.origin()).residue == [])
    return (left.root, String(decoding: pruned.output, as: UTF8.self), pruned.losses)
  }

  private static let kept = "/extensions/extension-definition--b1f0c9d4-73c5-4c0e-8a55-2f6f6f0d9e37/fields/"

  private static let two =
    #"[{"classification.type":"c2-server","source.fqdn":"c2.example"},{"classification.type":"scanner","source.ip":"198.51.100.8"}]"#

  // MARK: What cannot be said goes

  @Test func `a value that a field cannot have takes its event along`() throws {
    let left = try pruned(
      .intelmq, NativeSamples.intelmq, [Change("ipv4-addr", "/value", "198.51.100.7", "somewhere")])
    // Under another label it is another's address.
    #expect(left.root.count == 2 && !left.text.contains("c2.example"))
    #expect(left.losses.contains { $0.what.hasPrefix("the indicator") })
  }

  @Test func `a field that no event is without takes it along`() throws {
    let left = try pruned(.n6, NativeSamples.n6, [Change("observed-data", Self.kept + "source", "cert.feed", nil)])
    #expect(left.root.count == 1 && left.root[0]?["id"]?.string == "f")
  }

  @Test func `times and numbers are not looked for, and take their event along`() throws {
    let left = try pruned(
      .intelmq, NativeSamples.intelmq,
      [Change("observed-data", "/first_observed", "2026-02-02T10:00:00.000Z", "2026-02-02T00:00:00.000Z")])
    #expect(left.root.count == 2)
  }

  @Test func `words that follow from other values and are none of those that may be said take their event along`()
    throws
  {
    let left = try pruned(
      .intelmq, Self.two, [Change("indicator", "/name", "c2-server c2.example", "c2-server of somebody")])
    #expect(left.root.count == 1 && !left.text.contains("c2.example"))
  }

  @Test func `two values for one place are none`() throws {
    let left = try pruned(
      .intelmq, Self.two,
      [
        Change("domain-name", "/value", "c2.example", "one.example"),
        Change("indicator", "/pattern", "[domain-name:value = 'c2.example']", "[domain-name:value = 'two.example']"),
      ])
    #expect(!left.text.contains("c2.example") && !left.text.contains("two.example"))
  }

  @Test func `a single event of which nothing can be said in its place is not reduced`() throws {
    let one = #"{"classification.type":"undetermined","source.ip":"198.51.100.7","tlp":"GREEN"}"#
    let error = try #require(throws: AdapterFailure.self) {
      try pruned(.intelmq, one, [Change("ipv4-addr", "/value", "198.51.100.7", "somewhere")])
    }
    #expect(error.code == .cannotPrune)
  }

  // MARK: What can be said

  @Test func `an address changes where it stands, and what follows from it`() throws {
    let one =
      #"[{"classification.type":"scanner","source.ip":"198.51.100.7","extra.seen":"198.51.100.7","extra.user":"jane"},"#
      + #"{"classification.type":"scanner","source.ip":"198.51.100.8","extra.user":"jane"}]"#
    let left = try pruned(
      .intelmq, one,
      [
        Change("ipv4-addr", "/value", "198.51.100.7", "198.51.100.0"),
        Change("indicator", "/pattern", "[ipv4-addr:value = '198.51.100.7']", "[ipv4-addr:value = '198.51.100.0']"),
        Change("indicator", "/name", "scanner 198.51.100.7", "scanner 198.51.100.0"),
        Change("observed-data", Self.kept + "extra.user", "jane", nil),
      ])
    #expect(left.root.count == 2 && left.losses == [])
    #expect(left.root[0]?["source.ip"]?.string == "198.51.100.0")
    #expect(left.root[0]?["extra.seen"]?.string == "198.51.100.0")
    #expect(left.root[0]?["extra.user"] == nil && left.root[1]?["extra.user"]?.string == "jane")
    #expect(left.root[1]?["source.ip"]?.string == "198.51.100.8")
  }

  @Test func `a single event is reduced too, and not written anew`() throws {
    let one = #"{"classification.type":"undetermined","source.ip":"198.51.100.7","source.account":"jane","raw":"eA=="}"#
    let left = try pruned(.intelmq, one, [Change("user-account", "/account_login", "jane", nil)])
    #expect(left.root["source.account"] == nil && left.root["raw"]?.string == "eA==")
  }

  @Test func `an address of an event of n6 goes from its list`() throws {
    let left = try pruned(.n6, NativeSamples.n6, [Change("ipv6-addr", "/value", "2001:db8::1", "2001:db8::")])
    #expect(left.root[0]?["address"]?[1]?["ipv6"]?.string == "2001:db8::" && left.losses == [])
  }

  @Test func `texts of an advisory change where they stand, those of its head too`() throws {
    let left = try pruned(
      .csaf, NativeSamples.csaf,
      [
        Change("identity", "/name", "ACME", "A vendor"),
        Change("vulnerability", "/description", "It runs scripts.", "It does something."),
        Change("course-of-action", "/description", "Switch off.", "Wait."),
      ])
    #expect(left.root["document"]?["publisher"]?["name"]?.string == "A vendor")
    let flaw = left.root["vulnerabilities"]?[0]
    #expect(flaw?["notes"]?[0]?["text"]?.string == "It does something.")
    #expect(flaw?["remediations"]?[1]?["details"]?.string == "Wait." && left.losses == [])
  }

  @Test func `the text of an entry of a catalogue changes, and the entry stays`() throws {
    let left = try pruned(
      .kev, NativeSamples.kev, [Change("vulnerability", "/description", "It runs scripts.", "It is bad.")])
    #expect(left.root["vulnerabilities"]?[0]?["shortDescription"]?.string == "It is bad.")
    #expect(left.root["count"]?.integer == 2 && left.losses == [])
  }

  @Test func `a contact of an incident loses its address and keeps its name`() throws {
    let text =
      #"{"version":"2.0","lang":"en","Incident":[{"purpose":"reporting","restriction":"green","#
      + #""IncidentID":{"name":"csirt.example","id":"1"},"GenerationTime":"2026-11-24T06:00:00Z","#
      + #""Contact":[{"role":"creator","type":"organization","ContactName":["The desk"],"Email":[{"EmailTo":"jane@desk.example"}]},"#
      + #"{"role":"tech","type":"person","ContactName":["Jane Doe"]}]}]}"#
    let left = try pruned(
      .iodefJSON, text,
      [
        Change("identity", "/contact_information", "jane@desk.example", nil),
        Change("identity", "/name", "Jane Doe", "somebody"),
      ])
    let contacts = left.root["Incident"]?[0]?["Contact"]
    #expect(!left.text.contains("jane@") && contacts?.count == 2)
    #expect(contacts?[1]?["ContactName"]?[0]?.string == "somebody" && left.losses.map(\.location.description) == [])
  }

  @Test func `what is none without a value goes along with it, and is named`() throws {
    let left = try pruned(.n6, NativeSamples.n6, [Change("ipv4-addr", "/value", "198.51.100.7", nil)])
    #expect(left.root[0]?["address"]?.count == 1 && left.root[0]?["address"]?[0]?["ipv6"]?.string == "2001:db8::1")
    #expect(left.losses.map(\.location.description) == ["/0/address/0"])
  }
}

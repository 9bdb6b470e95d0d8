import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

// The example of Docs/adapters.md, which shows everything between the two marks: a list of addresses that some national
// team sends.

// example begins
/// A list of addresses: `{"format": "addresses", "list": "L-7", "tlp": "TLP:GREEN", "addresses": ["198.51.100.7"]}`.
struct AddressListAdapter: Adapter {
  let format: FormatID
  let abilities: Set<AdapterAbility> = [.read, .write, .prune]

  func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    // Members that are asked for count as read; the others are residue.
    let fields = FieldReader(document.root)
    _ = fields.text("format")
    guard let list = fields.text("list"), let tlp = fields.text("tlp").flatMap({ TLP(label: $0) }) else {
      throw AdapterFailure(.unreadable, "a list of addresses has a name and a label of TLP 2.0")
    }
    let time = Timestamp(origin.acceptedAt).description
    let writer = CanonicalWriter()
    writer.add(text: tlp.markingDefinition, from: [])
    for index in 0..<(fields.value("addresses")?.count ?? 0) {
      // Each object knows the place that it came from: that is what pruning works by.
      let place = JSONPointer(tokens: ["addresses", String(index)])
      guard let address = fields.value(at: place)?.string, ValueForm.fits("ipv4-addr", address) else {
        throw AdapterFailure(.unreadable, "expected an IPv4 address", at: place)
      }
      // Ids follow from the source, so that the same list gives the same bytes.
      let name = "\(origin.sender.slug) \(list) \(address) \(index)"
      let id = "indicator--" + DeterministicID.uuid5(namespace: Self.namespace, name: name.utf8)
      writer.add("indicator", id: id, from: [place]) { object in
        object.member("created", time)
        object.member("modified", time)
        object.member("object_marking_refs", [tlp.markingID])
        object.member("pattern", "[ipv4-addr:value = '\(address)']")
        object.member("pattern_type", "stix")
        object.member("valid_from", time)
      }
    }
    let id = DeterministicID.uuid5(namespace: Self.namespace, name: "\(origin.sender.slug) \(list)".utf8)
    return Translation(try writer.bundle(id: "bundle--" + id), residue: fields.residue)
  }

  func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    // Whatever the list cannot say is a loss, by name.
    var account = LossAccount(bundle)
    var addresses: [String] = []
    for object in bundle.objects where !object.isDefinition {
      guard object.type == "indicator", let pattern = object.value["pattern"]?.string.flatMap({ try? Pattern($0) }),
        let (type, value) = IndicatorPaths.value(of: pattern), type == "ipv4"
      else {
        account.lose(object, why: "a list of addresses has addresses only")
        continue
      }
      addresses.append(value)
    }
    guard !addresses.isEmpty else { throw AdapterFailure(.cannotWrite, "nothing in the message is an IPv4 address") }
    // The format has a place for TLP, and none for obligations: those it cannot carry are lost as obligations, and then
    // nothing is delivered.
    for obligation in terms.obligations {
      account.add(
        .obligation, what: "the obligation \(obligation.name)", why: "a list of addresses has no place for it")
    }
    var writer = JSONWriter()
    writer.object { list in
      list.member("format", "addresses")
      list.member("list", bundle.id ?? "")
      list.member("tlp", terms.tlp.label)
      list.member("addresses", addresses)
    }
    return Translation(writer.bytes, losses: account.losses)
  }

  func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    guard replacing.isEmpty else { throw AdapterFailure(.cannotPrune, "an address is all of its entry") }
    let kept = Set(keeping)
    let withheld = bundle.objects.filter { !kept.contains($0.index) }.flatMap(\.sources)
    let residue = try read(document, origin: try .anyone()).residue
    var writer = JSONWriter()
    PrunedText(without: Set(withheld + residue)).write(document.root, at: .root, to: &writer)
    return Translation(writer.bytes)
  }

  private static let namespace = "5f3f2a3e-7b43-5d1c-9a64-0d2f6c1b8e77"
}
// example ends

@Suite struct WorkedExampleTests {
  static let text =
    #"{"format":"addresses","list":"L-7","tlp":"TLP:GREEN","addresses":["198.51.100.7","198.51.100.8"],"note":"n"}"#

  private func adapter() throws -> AddressListAdapter {
    AddressListAdapter(format: try #require(FormatID("addresses")))
  }

  @Test func `the worked example reads, and names its residue`() throws {
    let read = try adapter().read(try Given.document(Self.text), origin: Given.origin())
    #expect(read.output.objects.map(\.type) == ["marking-definition", "indicator", "indicator"])
    #expect(read.residue.map(\.description) == ["/note"])
    #expect(STIXFormat().findings(read.output.document).filter { $0.severity == .error } == [])
  }

  @Test func `the worked example refuses what is no address`() throws {
    let wrong = try Given.document(Self.text.replacing("198.51.100.8", with: "a.example"))
    let error = try #require(throws: AdapterFailure.self) { try adapter().read(wrong, origin: Given.origin()) }
    #expect(error.location?.description == "/addresses/1")
  }

  @Test func `the worked example writes, prunes, and names what it loses`() throws {
    let document = try Given.document(Self.text)
    let bundle = try adapter().read(document, origin: Given.origin()).output
    let written = try adapter().write(bundle, terms: Given.terms(.green, obligations: [.init("onward", "none")]))
    #expect(written.losses.map(\.severity) == [.obligation])
    #expect(try JSONDocument(written.output).root["addresses"]?.count == 2)
    let pruned = try adapter().prune(document, bundle: bundle, keeping: [0, 2], replacing: [:]).output
    #expect(
      String(decoding: pruned, as: UTF8.self)
        == #"{"format":"addresses","list":"L-7","tlp":"TLP:GREEN","addresses":["198.51.100.8"]}"#)
  }

  @Test func `the page shows the example as it is compiled`() throws {
    let page = String(decoding: try #require(Files.read(Files.top + "Docs/adapters.md")), as: UTF8.self)
    let source = String(decoding: try #require(Files.read(#filePath)), as: UTF8.self)
    let start = try #require(source.firstRange(of: "// example begins\n")).upperBound
    let end = try #require(source.firstRange(of: "// example ends")).lowerBound
    #expect(page.contains(source[start..<end]))
  }
}

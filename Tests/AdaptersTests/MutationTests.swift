import Contract
import JSON
import STIX
import Testing

@testable import Adapters

/// Documents in which one value at a time is something else: each gives a translation or a failure, and never ends the
/// process.
@Suite struct MutationTests {
  static let replacements = ["null", "7", "\"\"", "\"x\\ny\"", "[]", "{}", "[[{}]]", "-1.5", "true"]

  /// The document once for each of its values and each replacement.
  private func mutations(of document: JSONDocument, by texts: [String] = replacements) -> [[UInt8]] {
    var places: [JSONPointer] = []
    func collect(_ value: JSONValue, _ place: JSONPointer) {
      places.append(place)
      for (key, member) in value.members { collect(member, place.appending(key)) }
      for (index, element) in value.elements.enumerated() { collect(element, place.appending(index)) }
    }
    collect(document.root, .root)
    return places.flatMap { place in
      texts.map { replacement in
        var writer = JSONWriter()
        write(document.root, .root, place, replacement, &writer)
        return writer.bytes
      }
    }
  }

  private func write(
    _ value: JSONValue, _ here: JSONPointer, _ place: JSONPointer, _ text: String, _ writer: inout JSONWriter
  ) {
    if here == place { return writer.raw(text.utf8) }
    guard here.contains(place) else { return writer.value(value) }
    if value.isObject {
      writer.object { object in
        for (key, member) in value.members {
          object.key(key)
          write(member, here.appending(key), place, text, &object)
        }
      }
    } else {
      writer.array { array in
        for (index, element) in value.elements.enumerated() {
          write(element, here.appending(index), place, text, &array)
        }
      }
    }
  }

  @Test func `NIS2 reports with one wrong value are read or refused, and pruned or refused`() throws {
    for name in ["early-warning-minimal", "final-report-with-everything", "unknown-members-are-residue"] {
      let golden = try #require(GoldenFolder.cases("nis2").first { $0.name == name })
      for text in mutations(of: try golden.required("input.json")) {
        let document = try JSONDocument(text)
        guard let read = try? NIS2Adapter().read(document, origin: Given.origin()) else { continue }
        let keep = read.output.objects.map(\.index)
        _ = try? NIS2Adapter().prune(document, bundle: read.output, keeping: keep, replacing: [:])
        _ = try? MISPAdapter().write(read.output, terms: Given.terms())
      }
    }
  }

  @Test func `bundles with one wrong value are written as MISP or refused`() throws {
    for name in ["report-on-malware", "observed-data", "statement-becomes-a-tag", "revoked-and-sighted"] {
      let golden = try #require(GoldenFolder.cases("misp").first { $0.name == name })
      for text in mutations(of: try golden.required("input.json")) {
        guard let bundle = try? STIXBundle(reading: try JSONDocument(text)) else { continue }
        if let written = try? MISPAdapter().write(bundle, terms: Given.terms()) {
          #expect(try JSONDocument(written.output).root["Event"] != nil)
        }
      }
    }
  }

  @Test(arguments: [
    ("misp", "misp-read/18-everything-that-hangs-on-parts"), ("misp", "misp-read/13-sightings"),
    ("misp", "misp-read/17-sharing-group"), ("misp", "misp-read/12-galaxy-of-the-event-and-tag-on-an-attribute"),
    ("misp", "misp-read/19-collection-of-two-events"), ("cra", "cra/12-incident-final-report"),
    ("circia", "circia/11-incident-with-everything"), ("kev", "kev/12-everything"),
    ("intelmq", "intelmq/14-everything"), ("intelmq", "intelmq/06-the-same-event-twice"), ("n6", "n6/13-everything"),
    ("csaf", "csaf/09-one-remedy-twice-and-groups"), ("csaf", "csaf/10-a-tree-of-branches-and-a-pair"),
  ])
  func `documents with one wrong value are read or refused, written, and pruned or refused`(
    _ slug: String, _ path: String
  ) throws {
    let format = try #require(FormatID(slug))
    let adapter = try #require(AdapterCatalogue.adapter(for: format))
    let golden = GoldenCase(name: path, folder: "\(GoldenFolder.path)/\(path)")
    for text in mutations(of: try golden.required("input.json"), by: ["7", "\"x\"", "[[{}]]"]) {
      let document = try JSONDocument(text)
      guard let read = try? adapter.read(document, origin: Given.origin()) else { continue }
      let keep = read.output.objects.map(\.index)
      _ = try? adapter.prune(document, bundle: read.output, keeping: keep, replacing: [:])
      _ = try? adapter.write(read.output, terms: Given.terms())
    }
  }
}

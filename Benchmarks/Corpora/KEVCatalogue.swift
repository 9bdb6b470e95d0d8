import Adapters
import Contract
import Formats
import JSON
import STIX

/// CISA's catalogue of known exploited vulnerabilities, read whole and written back.
///
/// An entry is right where its number is that of a vulnerability of the canonical, and where the catalogue that is written
/// from it has it again with each of its values.
struct KEVCatalogue: Corpus {
  func judge(_ folder: String) throws -> [Tally] {
    let path = "\(folder)/kev/known_exploited_vulnerabilities.json"
    guard Folder.exists(path) else { return [] }
    let document = try JSONDocument(Folder.read(path))
    var whole = Tally("KEV, the catalogue: valid, and so is its STIX")
    var entries = Tally("KEV, its entries, read and written back")
    guard let sender = AgencyID("us-cisa") else { return [] }
    let time = Instant(milliseconds: 1_756_141_500_000)
    let canonical = try KEVAdapter().read(document, origin: Origin(sender: sender, messageID: "1", acceptedAt: time))
      .output
    let findings = KEVFormat().findings(document) + STIXFormat().findings(canonical.document)
    let error = findings.first { $0.severity == .error }
    whole.count("findings", isRight: error == nil, error.map { "\($0)" } ?? "")
    let terms = OutgoingTerms(tlp: .clear, sender: sender, acceptedAt: time)
    let written = try KEVAdapter().write(canonical, terms: terms)
    whole.count("losses", isRight: written.losses.isEmpty, "\(written.losses.count) losses")

    let named = Set(
      canonical.objects.map(\.value).filter { $0["type"]?.isString("vulnerability") ?? false }
        .compactMap { $0["name"]?.string })
    var again: [String: JSONValue] = [:]
    for entry in Self.entries(of: try JSONDocument(written.output)) { again[entry["cveID"]?.string ?? ""] = entry }
    for entry in Self.entries(of: document) {
      let id = entry["cveID"]?.string ?? ""
      let differing = entry.members.filter { key, value in
        again[id]?[key].map { Self.text($0) == Self.text(value) } != true
      }
      let complaint = named.contains(id) ? differing.map { "\($0.key)" }.joined(separator: ", ") : "no vulnerability"
      entries.count(id, isRight: complaint.isEmpty, complaint)
    }
    return [whole, entries]
  }

  private static func entries(of document: JSONDocument) -> [JSONValue] {
    document.root["vulnerabilities"]?.elements.map { $0 } ?? []
  }

  private static func text(_ value: JSONValue) -> String {
    value.kind == .array ? value.elements.map { text($0) }.joined(separator: "\n") : value.string ?? "\(value)"
  }
}

import Contract
import Formats
import JSON
import STIX

/// Writes entries back, and the catalogue around them where there was one.
struct KEVWriting {
  let bundle: STIXBundle
  let terms: OutgoingTerms
  private var account: LossAccount

  init(bundle: STIXBundle, terms: OutgoingTerms) {
    self.bundle = bundle
    self.terms = terms
    account = LossAccount(bundle)
  }

  mutating func write() throws(AdapterFailure) -> Translation<[UInt8]> {
    var carried: Set<Int> = []
    var entries: [[UInt8]] = []
    for object in bundle.objects {
      guard let kept = object.kept(.kev, "entry"), let action = action(for: object),
        let due = action.kept(.kev, "action")?["dueDate"]
      else { continue }
      let entry = entry(object, kept, action, due)
      // An entry is a message of its own: what the catalogue would not take is lost as a whole.
      guard Self.isSound(entry) else { continue }
      carried.formUnion([object.index, action.index])
      for part in [object, action] {
        account.loseProperties(
          of: part, carried: ["name", "description", "labels", "external_references", "extensions", "created"],
          why: "the KEV catalogue has no place for it")
      }
      entries.append(entry)
    }
    guard !entries.isEmpty else {
      throw AdapterFailure(
        .cannotWrite, "nothing in the message comes from the KEV catalogue, whose entries say what CISA requires")
    }
    guard bundle.label(terms) == .clear else {
      throw AdapterFailure(.cannotWrite, "the KEV catalogue has no place for a label, and this is not TLP:CLEAR")
    }
    let catalogue = bundle.objects.first { $0.kept(.kev, "catalogue") != nil }
    if let catalogue { carried.insert(catalogue.index) }
    for object in bundle.objects where !carried.contains(object.index) && !object.isDefinition {
      let ends = ["source_ref", "target_ref"].compactMap { object.value[$0]?.string.flatMap { bundle.object(id: $0) } }
      if object.type == "relationship", ends.count == 2, ends.allSatisfy({ carried.contains($0.index) }) { continue }
      account.lose(object, why: "the KEV catalogue has no place for it")
    }
    account.loseOtherMarkings(bundle, why: "the KEV catalogue has no place for markings")
    if catalogue == nil, entries.count == 1 { return Translation(entries[0], losses: account.losses) }
    let text = document(catalogue, entries)
    guard Self.isSound(text) else {
      throw AdapterFailure(.cannotWrite, "what may be said is no valid KEV catalogue")
    }
    return Translation(text, losses: account.losses)
  }

  private static func isSound(_ text: [UInt8]) -> Bool {
    guard let document = try? JSONDocument(text, limits: JSONLimits(maximumBytes: .max)) else { return false }
    return KEVFormat().errors(document).isEmpty
  }

  private func document(_ catalogue: STIXObject?, _ entries: [[UInt8]]) -> [UInt8] {
    let kept = catalogue?.kept(.kev, "catalogue")
    let day = Timestamp(terms.acceptedAt).description
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("title", catalogue?.name ?? "Known exploited vulnerabilities, in part")
      writer.member(
        "catalogVersion", kept?["catalogVersion"]?.string ?? day.prefix(10).split(separator: "-").joined(separator: ".")
      )
      writer.member("dateReleased", kept?["dateReleased"]?.string ?? day)
      writer.member("count", entries.count)
      writer.member("vulnerabilities") { $0.array { list in for entry in entries { list.raw(entry) } } }
    }
    return writer.bytes
  }

  private func action(for vulnerability: STIXObject) -> STIXObject? {
    bundle.objects.lazy.filter { object in
      object.type == "relationship" && object.value["target_ref"]?.string == vulnerability.id
        && object.value["relationship_type"]?.isString("mitigates") ?? false
    }.compactMap { $0.value["source_ref"]?.string.flatMap { bundle.object(id: $0) } }
      .first { $0.kept(.kev, "action") != nil }
  }

  private func entry(_ object: STIXObject, _ kept: JSONValue, _ action: STIXObject, _ due: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("cveID", object.name ?? "")
      for name in ["vendorProject", "product", "vulnerabilityName", "dateAdded"] {
        if let value = kept[name] { writer.member(name, value) }
      }
      writer.member("shortDescription", object.text ?? "-")
      writer.member("requiredAction", action.text ?? "-")
      writer.member("dueDate", due)
      for name in ["knownRansomwareCampaignUse", "notes"] {
        if let value = kept[name] { writer.member(name, value) }
      }
      let weaknesses = (object.value["external_references"]?.elements.map { $0 } ?? []).filter {
        $0["source_name"]?.isString("cwe") ?? false
      }.compactMap { $0["external_id"]?.string }
      if !weaknesses.isEmpty || kept["has_no_cwes"] != nil { writer.member("cwes", weaknesses) }
    }
    return writer.bytes
  }
}

import Contract
import Formats
import JSON
import STIX

/// Writes a document from a bundle: back from what reading kept, or anew.
struct CSAFWriting {
  let bundle: STIXBundle
  let terms: OutgoingTerms
  var account: LossAccount
  /// Objects that stand in the document, or are said by it.
  var carried: Set<Int> = []
  /// By the id of software and groupings: the ids that the document has for them.
  var nativeIDs: [String: String] = [:]

  init(_ bundle: STIXBundle, _ terms: OutgoingTerms) {
    self.bundle = bundle
    self.terms = terms
    account = LossAccount(bundle)
    for object in bundle.objects {
      if let id = object.kept(.csaf, "product")?["product"]?["product_id"]?.string {
        nativeIDs[object.id] = id
      } else if object.kept(.csaf, "product-group") != nil {
        nativeIDs[object.id] = object.name
      }
    }
  }

  mutating func write() throws(AdapterFailure) -> Translation<[UInt8]> {
    let reports = bundle.objects.filter { $0.kept(.csaf, "document") != nil }
    let text: [UInt8]
    if reports.count == 1, let kept = reports[0].kept(.csaf, "document")?["document"] {
      text = restored(reports[0], kept)
    } else {
      text = try made()
    }
    finish()
    guard let document = try? JSONDocument(text) else {
      throw AdapterFailure(.cannotWrite, "the document that would be written is no JSON")
    }
    if let error = CSAFFormat().errors(document).first {
      throw AdapterFailure(
        .cannotWrite, "what may be said is no valid CSAF document: \(error.message)", at: error.location)
    }
    return Translation(text, losses: account.losses)
  }

  /// The courses of action that mitigate a vulnerability.
  func remedies(of vulnerability: STIXObject) -> [STIXObject] {
    bundle.objects.filter { object in
      object.type == "relationship" && object.value["relationship_type"]?.isString("mitigates") ?? false
        && object.value["target_ref"]?.string == vulnerability.id
    }.compactMap { $0.value["source_ref"]?.string.flatMap { bundle.object(id: $0) } }
      .filter { $0.type == "course-of-action" }
  }

  /// The label that a version of CSAF has; version 2.0 knows TLP 1, where AMBER+STRICT has no word but RED.
  static func label(_ tlp: TLP, isNew: Bool) -> String {
    switch tlp {
    case .clear: isNew ? "CLEAR" : "WHITE"
    case .amberStrict: isNew ? "AMBER+STRICT" : "RED"
    default: String(tlp.label.dropFirst("TLP:".count))
    }
  }

  private mutating func finish() {
    for object in bundle.objects where !carried.contains(object.index) && !object.isDefinition {
      if object.type == "relationship" {
        let ends = ["source_ref", "target_ref"].compactMap { object.value[$0]?.string }
        let areCarried = ends.allSatisfy { end in bundle.object(id: end).map { carried.contains($0.index) } ?? false }
        if areCarried, object.value["relationship_type"]?.isString("mitigates") ?? false { continue }
      }
      account.lose(object, why: "a CSAF document has no place for it")
    }
    account.loseOtherMarkings(bundle, why: "a CSAF document carries TLP and nothing else")
  }

  // MARK: References

  func writeReferences(of object: STIXObject, to writer: inout JSONWriter) {
    let listed = (object.value["external_references"]?.elements.map { $0 } ?? []).compactMap { entry in
      entry["url"]?.string.map { (entry, $0) }
    }
    guard !listed.isEmpty else { return }
    writer.member("references") { list in
      list.array { list in
        for (entry, url) in listed {
          list.object { reference in
            let source = entry["source_name"]?.string ?? ""
            if source == "self" || source == "external" { reference.member("category", source) }
            reference.member("summary", entry["description"]?.string ?? source)
            reference.member("url", url)
          }
        }
      }
    }
  }
}

import Contract
import Formats
import JSON
import STIX

/// Writes a document from a bundle: back from what reading kept, or anew.
struct IODEFWriting {
  let bundle: STIXBundle
  let terms: OutgoingTerms
  var account: LossAccount
  /// Objects that stand in the document, or are said by it.
  var carried: Set<Int> = []

  init(_ bundle: STIXBundle, _ terms: OutgoingTerms) {
    self.bundle = bundle
    self.terms = terms
    account = LossAccount(bundle)
  }

  mutating func write(asXML: Bool) throws(AdapterFailure) -> Translation<[UInt8]> {
    let incidents = bundle.objects.filter { $0.kept(.iodef, "incident") != nil }
    var writer = JSONWriter()
    if incidents.isEmpty {
      try make(to: &writer)
    } else {
      restore(incidents, to: &writer)
    }
    finish()
    let document: JSONDocument
    do { document = try JSONDocument(writer.bytes, limits: JSONLimits(maximumBytes: .max, maximumDepth: 200)) } catch {
      throw AdapterFailure(.cannotWrite, "the document that would be written is no JSON: \(error)")
    }
    guard asXML else {
      if let error = IODEFJSONFormat().errors(document).first {
        throw AdapterFailure(
          .cannotWrite, "what may be said is no valid IODEF document: \(error.message)", at: error.location)
      }
      return Translation(writer.bytes, losses: account.losses)
    }
    let xml = try Self.xml(document.root, .cannotWrite)
    return Translation(xml.output, losses: account.losses + xml.losses)
  }

  /// A document in JSON as valid XML.
  static func xml(
    _ root: JSONValue, _ code: AdapterFailure.Code
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    var form = IODEFToXML()
    let text = form.xml(root)
    let message: IdentifiedMessage
    do { message = try FormatCatalogue.identify(text, contentType: nil, hint: nil, maximumBytes: .max) } catch {
      throw AdapterFailure(code, "what may be said is no IODEF document: \(error.message)")
    }
    if let error = FormatCatalogue.errors(in: message).first {
      throw AdapterFailure(code, "what may be said is no valid IODEF document: \(error.message)")
    }
    let losses = form.losses.map { Loss(.meaning, at: .root, what: "the part at \($0.place)", why: IODEFLosses.part) }
    return Translation(text, losses: losses)
  }

  // MARK: Back

  private mutating func restore(_ incidents: [STIXObject], to writer: inout JSONWriter) {
    let document = incidents.lazy.compactMap { $0.kept(.iodef, "incident")?["document"] }.first
    var texts: [[UInt8]] = []
    for incident in incidents {
      carried.insert(incident.index)
      guard let part = incident.kept(.iodef, "incident")?["part"] else { continue }
      texts.append(fragment(part, incident, within: nil, isIncident: true))
    }
    writer.object { writer in
      writer.member("version", "2.0")
      for (key, value) in document?.members.map({ $0 }) ?? [] { writer.member(key, value) }
      writer.member("Incident") { $0.array { list in for text in texts { list.raw(text) } } }
    }
  }

  /// A part as it was, under the label that its object has now.
  private mutating func fragment(
    _ part: JSONValue, _ owner: STIXObject, within outer: TLP?, isIncident: Bool = false
  ) -> [UInt8] {
    carried.insert(owner.index)
    let label = bundle.label(of: owner, terms)
    let isSame = IODEFRestriction.tlp(part, within: outer, isIncident: isIncident) == label
    var writer = JSONWriter()
    writer.object { writer in
      if !isSame { IODEFRestriction.write(label, to: &writer) }
      for (key, value) in part.members {
        if !isSame, key == "restriction" || key == "ext-restriction" { continue }
        if isIncident, key == "IncidentID" {
          writer.member(key) { writeNumber(value, owner, to: &$0) }
        } else if let text = text(of: value, owner, label) {
          writer.key(key)
          writer.raw(text)
        }
      }
    }
    return writer.bytes
  }

  /// What names an incident stands in its external references, or is kept.
  private func writeNumber(_ kept: JSONValue, _ incident: STIXObject, to writer: inout JSONWriter) {
    let reference = incident.value["external_references"]?[0]
    writer.object { writer in
      if kept["id"] == nil { writer.member("id", reference?["external_id"]?.string ?? incident.id) }
      if kept["name"] == nil {
        writer.member("name", reference?["source_name"]?.string ?? terms.sender?.slug ?? "withheld")
      }
      for (key, value) in kept.members where key != "empty" { writer.member(key, value) }
    }
  }

  /// A value of a part; nil where what said it is not here.
  private mutating func text(of value: JSONValue, _ owner: STIXObject, _ label: TLP) -> [UInt8]? {
    if value.isObject {
      if let property = value["from"]?.string, value.count == 1 {
        return owner.value[property]?.string.map { Self.text($0) }
      }
      if let id = value["value_ref"]?.string, value.count == 1 { return text(ofReference: id, within: label) }
      if value.count == 1, let kind = value["empty"] { return Array((kind.isString("list") ? "[]" : "{}").utf8) }
      guard value.count > 0 else { return nil }
      return object(value, owner, label)
    }
    guard value.isArray else { return Array(value.source) }
    var writer = JSONWriter()
    var count = 0
    writer.array { writer in
      for element in value.elements {
        guard let text = self.text(of: element, owner, label) else { continue }
        writer.raw(text)
        count += 1
      }
    }
    return count > 0 ? writer.bytes : nil
  }

  /// An object; nil where it is none without something that is gone.
  private mutating func object(_ value: JSONValue, _ owner: STIXObject, _ label: TLP) -> [UInt8]? {
    var writer = JSONWriter()
    var isWhole = true
    writer.object { writer in
      for (key, member) in value.members {
        if let text = self.text(of: member, owner, label) {
          writer.key(key)
          writer.raw(text)
        } else if Self.vital.contains(key) {
          isWhole = false
        }
      }
    }
    return isWhole ? writer.bytes : nil
  }

  /// Members without which their object says nothing.
  private static let vital: Set<String> = ["value", "DigestValue", "Name", "KeyName", "EmailTo", "BulkObservableList"]

  private mutating func text(ofReference id: String, within label: TLP) -> [UInt8]? {
    guard let target = bundle.object(id: id) else { return nil }
    carried.insert(target.index)
    if let kept = NativeExtension.on(target.value, .iodef), let part = kept["part"] {
      carryReferenced(by: target)
      return fragment(part, target, within: label)
    }
    for name in ["value", "number", "account_login", "name", "key"] {
      if let value = target.value[name] { return Self.text(value.string ?? value.description) }
    }
    return target.value["hashes"]?.members.first { _ in true }.flatMap { $0.value.string }.map { Self.text($0) }
  }

  /// The placeholder of an event without anything that can be observed.
  private mutating func carryReferenced(by event: STIXObject) {
    for id in event.value["object_refs"]?.elements.map({ $0 }) ?? [] {
      if let target = id.string.flatMap({ bundle.object(id: $0) }), target.type == "x-iodef-event" {
        carried.insert(target.index)
      }
    }
  }

  private static func text(_ text: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.string(text)
    return writer.bytes
  }

  // MARK: What is left

  private mutating func finish() {
    for object in bundle.objects where !carried.contains(object.index) && !object.isDefinition {
      if object.type == "relationship" {
        let ends = ["source_ref", "target_ref"].compactMap {
          object.value[$0]?.string.flatMap { bundle.object(id: $0) }
        }
        let areSaid = ends.count == 2 && ends.allSatisfy { carried.contains($0.index) }
        if areSaid, object.value["relationship_type"]?.isString("related-to") ?? false { continue }
      }
      account.lose(object, why: IODEFLosses.noPlace)
    }
    account.loseOtherMarkings(bundle, why: IODEFLosses.markings)
  }
}

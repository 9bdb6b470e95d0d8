import Contract
import Formats
import JSON
import STIX

/// Reads a document, in the JSON that both forms have.
final class IODEFReading {
  let root: JSONValue
  let reading: NativeReading
  let accepted: String
  let keeping: IODEFKeeping

  static func translate(_ root: JSONValue, _ origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let unknown = IODEFMembers.unknown(in: root)
    let reading = IODEFReading(root, origin, unknown)
    return Translation(try reading.read(), residue: unknown)
  }

  private init(_ root: JSONValue, _ origin: Origin, _ unknown: [JSONPointer]) {
    self.root = root
    reading = NativeReading(.iodef, origin)
    accepted = Timestamp(origin.acceptedAt).description
    keeping = IODEFKeeping(residue: Set(unknown.compactMap { root.at($0)?.index }))
  }

  private func read() throws(AdapterFailure) -> STIXBundle {
    let list = JSONPointer(tokens: ["Incident"])
    for (index, incident) in (root["Incident"]?.elements.map { $0 } ?? []).enumerated() {
      try add(incident, at: list.appending(index), isFirst: index == 0)
    }
    guard !reading.ids.isEmpty else { throw AdapterFailure(.unreadable, "the document has no incidents", at: list) }
    return try reading.bundle(reading.ids)
  }

  private func add(_ incident: JSONValue, at place: JSONPointer, isFirst: Bool) throws(AdapterFailure) {
    guard let number = incident["IncidentID"]?["id"]?.string, let csirt = incident["IncidentID"]?["name"]?.string else {
      throw AdapterFailure(.unreadable, "an incident has an IncidentID with a name", at: place.appending("IncidentID"))
    }
    let marking = IODEFRestriction.tlp(incident, within: nil, isIncident: true)
    let time = incident["GenerationTime"]?.string.flatMap(IODEFTime.moment)?.text ?? accepted
    let key = [csirt, number, incident["IncidentID"]?["instance"]?.string ?? ""]
    let context = IODEFContext(key: key, place: place, time: time, marking: marking, creator: nil)
    let creator = addContacts(incident, context)
    var inside = context
    inside.creator = creator
    let parts =
      addMethods(incident, inside) + addActivities(incident, inside) + addEvents(incident, inside)
      + addIndicators(incident, inside)
    let id = reading.id("incident", key)
    let text = keeping.say(incident["Description"], as: "description")
    add("incident", id, from: [place], inside, marking) { object in
      object.member("name", "\(csirt) \(number)")
      if let text, !text.isEmpty { object.member("description", text) }
      let isOwnWord = incident["purpose"]?.isString("ext-value") ?? false
      if let purpose = incident[isOwnWord ? "ext-purpose" : "purpose"]?.string, !purpose.isEmpty {
        object.member("labels", ["iodef:purpose=\(purpose)"])
      }
      ExternalNumber.write(source: csirt, id: number, to: &object)
      object.member("extensions") { extensions in
        extensions.object { extensions in
          extensions.member(RegulatoryExtension.incidentCore) { writeCore(incident, to: &$0) }
          extensions.member(NativeExtension.id) { kept in
            kept.object { kept in
              kept.member("extension_type", "property-extension")
              kept.member("format", FormatID.iodef.slug)
              kept.member("kind", "incident")
              kept.member("part") { writeIncident(incident, to: &$0) }
              if isFirst { writeDocument(to: &kept) }
            }
          }
        }
      }
    }
    for part in parts {
      add("relationship", reading.id("relationship", [part, id]), from: [], inside, marking) { object in
        object.member("relationship_type", "related-to")
        object.member("source_ref", part)
        object.member("target_ref", id)
      }
    }
  }

  /// The incident without what names it, which stands in its external references, where STIX takes it there.
  private func writeIncident(_ incident: JSONValue, to writer: inout JSONWriter) {
    if let id = incident["IncidentID"]?["id"], let name = incident["IncidentID"]?["name"],
      ExternalNumber.isReference(source: name.string ?? "", id: id.string ?? "")
    {
      keeping.leaveOut(id)
      keeping.leaveOut(name)
    }
    keeping.write(incident, to: &writer)
  }

  private func writeDocument(to kept: inout JSONWriter) {
    let names = ["lang", "format-id", "private-enum-name", "private-enum-id", "AdditionalData"]
    let said = names.compactMap { name in root[name].map { (name, $0) } }
    guard !said.isEmpty else { return }
    kept.member("document") { writer in
      writer.object { writer in for (name, value) in said { writer.member(name) { keeping.write(value, to: &$0) } } }
    }
  }

  private func writeCore(_ incident: JSONValue, to writer: inout JSONWriter) {
    let states = ["new": "new", "in-progress": "open", "forwarded": "open", "resolved": "closed", "future": "new"]
    let isPotential = incident["Assessment"]?.elements.contains { $0["occurrence"]?.isString("potential") ?? false }
    writer.object { core in
      core.member("extension_type", "property-extension")
      core.member("determination", isPotential ?? false ? "suspected" : "confirmed")
      core.member("investigation_status", states[incident["status"]?.string ?? ""] ?? "new")
    }
  }

  func add(
    _ type: String, _ id: String, from sources: [JSONPointer], _ context: IODEFContext, _ marking: TLP?,
    _ body: (inout JSONWriter) -> Void
  ) {
    reading.add(
      type, id, from: sources, created: context.time, modified: context.time, creator: context.creator, marking, body)
  }
}

/// What all parts of an incident have in common.
struct IODEFContext {
  var key: [String]
  var place: JSONPointer
  var time: String
  var marking: TLP?
  var creator: String?
}

/// Writes parts of a document into our extension: what stands in objects of its own is named by reference, what stands in
/// properties is left to them.
final class IODEFKeeping {
  private let residue: Set<Int>
  private var references: [Int: String] = [:]
  private var properties: [Int: String] = [:]
  private var left: Set<Int> = []

  init(residue: Set<Int>) { self.residue = residue }

  /// An object says this value, or this part.
  func refer(_ value: JSONValue, to id: String) { references[value.index] = id }

  func leaveOut(_ value: JSONValue) { left.insert(value.index) }

  /// The first text of a list, or the text, which a property says from now on.
  func say(_ value: JSONValue?, as property: String) -> String? {
    guard let first = value.map({ $0.isArray ? $0[0] : $0 }) ?? nil else { return nil }
    let said = first["value"] ?? first
    guard let text = said.string, !text.isEmpty else { return nil }
    properties[said.index] = property
    return text
  }

  func write(_ value: JSONValue, to writer: inout JSONWriter) {
    if let id = references[value.index] { return writer.object { $0.member("value_ref", id) } }
    write(itself: value, to: &writer)
  }

  /// As the other, also where an object says it: this is that object.
  func write(itself value: JSONValue, to writer: inout JSONWriter) {
    if let property = properties[value.index] { return writer.object { $0.member("from", property) } }
    if value.isObject {
      let members = value.members.filter { !residue.contains($0.value.index) && !left.contains($0.value.index) }
      // STIX has no list and no object without anything in it.
      guard !members.isEmpty else { return writer.object { $0.member("empty", "object") } }
      writer.object { writer in
        for (key, member) in members { writer.member(key) { write(member, to: &$0) } }
      }
    } else if value.isArray {
      let elements = value.elements.filter { !residue.contains($0.index) && !left.contains($0.index) }
      guard !elements.isEmpty else { return writer.object { $0.member("empty", "list") } }
      writer.array { writer in for element in elements { write(element, to: &writer) } }
    } else {
      writer.value(value)
    }
  }
}

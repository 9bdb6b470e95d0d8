import Contract
import Formats
import JSON
import STIX

/// What reading a report to a regulator has in common, whatever the law.
///
/// Ids follow from sender and reference, so that each stage is a new version of the same incident.
protocol RegulatoryReading {
  /// The law, where its reports have ids of their own; none for NIS2.
  var regime: String? { get }
  var fields: FieldReader { get }
  var origin: Origin { get }
  var reference: String { get }
  var created: Timestamp { get }
  var modified: Timestamp { get }
  var writer: CanonicalWriter { get }
}

extension RegulatoryReading {
  /// An id that follows from the sender, the reference and what the object is.
  func id(_ type: String, _ parts: String...) -> String {
    // Each part with its length: no two lists of parts give one name.
    let all = [regime].compactMap(\.self) + [origin.sender.slug, reference] + parts
    let name = all.map { "\($0.utf8.count):\($0)" }.joined()
    return type + "--" + DeterministicID.uuid5(namespace: RegulatoryNamespace.id, name: name.utf8)
  }

  func marking(at pointer: JSONPointer) throws(AdapterFailure) -> TLP? {
    guard let value = fields.value(at: pointer) else { return nil }
    guard let tlp = value.string.flatMap({ TLP(label: $0) }) else {
      throw AdapterFailure(.unreadable, "expected a label of TLP 2.0", at: pointer)
    }
    return tlp
  }

  /// The definitions of all markings that occur.
  func define(_ markings: [TLP?]) {
    for label in Set(markings.compactMap(\.self)).sorted() { writer.add(text: label.markingDefinition, from: []) }
  }

  func common(_ object: inout JSONWriter, _ marking: TLP?, creator: String?) {
    object.member("created", created.description)
    object.member("modified", modified.description)
    if let creator { object.member("created_by_ref", creator) }
    if let marking { object.member("object_marking_refs", [marking.markingID]) }
  }

  func relate(
    _ source: String, _ type: String, _ target: String, _ marking: TLP?, creator: String
  ) {
    // A relationship has no place of its own in a report: it is said by both of its ends standing there.
    writer.add("relationship", id: id("relationship", type, source, target), from: []) { object in
      common(&object, marking, creator: creator)
      object.member("relationship_type", type)
      object.member("source_ref", source)
      object.member("target_ref", target)
    }
  }

  static func missing(_ name: String) -> AdapterFailure {
    AdapterFailure(.unreadable, "the report has no \(name) that can be read", at: JSONPointer(tokens: [name]))
  }

  /// Our extension on the incident: the answers as they were given, under the names that they have in the report.
  func writeAnswers(_ answers: [String: FieldTree], regime: String, to writer: inout JSONWriter) {
    writer.object { kept in
      kept.member("extension_type", "property-extension")
      kept.member("regime", regime)
      FieldTree.copy(answers, of: fields.root, at: .root, fields, to: &kept)
    }
  }

  // MARK: Parties

  /// The authority that the report was sent to, the creator of everything else.
  func addAuthority(_ member: String, roles: [String] = [], _ marking: TLP?) throws(AdapterFailure) -> String {
    guard let name = fields.text(member, "name") else { throw Self.missing(member) }
    let slug = fields.text(member, "agency")
    let id = DeterministicIdentity.id(ofAgency: slug ?? origin.sender.slug)
    let contact = contact(member)
    let reached = contactDetails(member)
    writer.add("identity", id: id, from: [JSONPointer(tokens: [member])]) { object in
      common(&object, marking, creator: nil)
      object.member("name", name)
      object.member("identity_class", "organization")
      if !roles.isEmpty { object.member("roles", roles) }
      if let contact { object.member("contact_information", contact) }
      writeParty(&object, slug.map { [("agency", $0)] } ?? [], reached)
    }
    return id
  }

  /// A contact in one line, as STIX has it.
  func contact(_ party: String) -> String? {
    let parts = contactDetails(party).map(\.text)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  func contactDetails(_ party: String) -> [(name: String, text: String)] {
    ["name", "role", "email", "phone"].compactMap { name in
      fields.text(party, "contact", name).map { (name, $0) }
    }
  }

  /// How the regulator knows a party, in our extension.
  func writeParty(
    _ object: inout JSONWriter, _ details: [(String, String)], _ contact: [(name: String, text: String)]
  ) {
    guard !details.isEmpty || !contact.isEmpty else { return }
    object.member("extensions") { extensions in
      extensions.object { extensions in
        extensions.member(RegulatoryExtension.id) { value in
          value.object { value in
            value.member("extension_type", "property-extension")
            for (key, text) in details { value.member(key, text) }
            guard !contact.isEmpty else { return }
            value.member("contact") { $0.object { value in for (key, text) in contact { value.member(key, text) } } }
          }
        }
      }
    }
  }
}

/// The namespace of ids derived from regulators' reports.
enum RegulatoryNamespace {
  static let extensionID = RegulatoryExtension.id
  static let id = "3e3c0d0b-92a7-5b0e-8a3c-6a4c3b8c9f14"
}

/// Identities of agencies, which have the same id in whatever document they are named.
enum DeterministicIdentity {
  static func id(ofAgency slug: String) -> String {
    "identity--" + DeterministicID.uuid5(namespace: "b1d7a0f4-5c3e-5f6a-9d21-0c7e8f4a2b63", name: slug.utf8)
  }
}

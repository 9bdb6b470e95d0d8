import JSON
import STIX

/// Where what canonical objects say stands in the event that they were read from.
struct MISPPlaces {
  let root: JSONValue

  /// The source of a place in an object. An object that stands in several places is asked about all of them.
  func source(of pointer: JSONPointer, in object: STIXObject) -> PropertySource {
    guard let name = pointer.tokens.first, let value = object.value.at(pointer) else { return .follows() }
    if pointer.isOfReference || Self.identity.contains(name) { return .follows() }
    if object.isFrame { return ofFrame(pointer, value, object) }
    return .all(object.sources.map { source in ofPart(source, name, pointer, value, object) })
  }

  // MARK: The event as a whole

  private func ofFrame(_ pointer: JSONPointer, _ value: JSONValue, _ object: STIXObject) -> PropertySource {
    guard let event = object.sources.first?.parent else { return .follows() }
    switch pointer.tokens[0] {
    case "name": return own(event, ["info"])
    case "labels": return ofLabels(value, at: event)
    case "created": return .follows(from: existing(event, ["date"]))
    case "modified", "published": return .follows(from: existing(event, ["timestamp", "publish_timestamp"]))
    default: break
    }
    guard let rest = Self.kept(pointer), let member = rest.first, Self.members.contains(member) else {
      return .follows()
    }
    return own(event, [member])
  }

  // MARK: Parts

  private func ofPart(
    _ place: JSONPointer, _ name: String, _ pointer: JSONPointer, _ value: JSONValue, _ object: STIXObject
  ) -> PropertySource {
    switch MISPPart(place) {
    case .attribute: return ofAttribute(place, name, pointer, value, object)
    case .object: return ofObject(place, name, pointer, value, object)
    case .cluster:
      switch name {
      case "name", "x_misp_value": return own(place, ["value"])
      case "description", "x_misp_description": return own(place, ["description"])
      default: return .follows()
      }
    case .remark(let text):
      switch name {
      case "content", "explanation": return own(place, [text])
      case "abstract": return own(place, ["name"])
      case "authors": return own(place, ["authors"])
      case "labels": return ofLabels(value, at: place)
      default: return .follows()
      }
    case .proposal:
      switch name {
      case "x_misp_value": return own(place, ["value"])
      case "x_misp_comment": return own(place, ["comment"])
      case "x_misp_category": return own(place, ["category"])
      default: return .follows()
      }
    case .sighting:
      return Self.kept(pointer)?.first == "source" ? own(place, ["source"]) : .follows()
    case .reference: return name == "description" ? own(place, ["comment"]) : .follows()
    case .organisation: return name == "name" ? own(place, ["name"]) : .follows()
    case .other: return .follows()
    }
  }

  private func ofAttribute(
    _ place: JSONPointer, _ name: String, _ pointer: JSONPointer, _ value: JSONValue, _ object: STIXObject
  ) -> PropertySource {
    if object.kind == .observable { return own(place, ["value"]) }
    switch name {
    case "pattern", "x_misp_value", "name": return own(place, ["value"])
    case "external_references": return .follows(from: existing(place, ["value"]))
    case "description", "x_misp_comment": return own(place, ["comment"])
    case "x_misp_category": return own(place, ["category"])
    case "labels": return ofLabels(value, at: place)
    case "valid_from", "first_observed", "first_seen": return time(place, "first_seen")
    case "valid_until", "last_observed", "last_seen": return time(place, "last_seen")
    default: break
    }
    switch Self.kept(pointer)?.first {
    case "data_sha256", "data_size": return own(place, ["data"])
    case .some(let member) where Self.members.contains(member): return own(place, [member])
    default: return .follows()
    }
  }

  private func ofObject(
    _ place: JSONPointer, _ name: String, _ pointer: JSONPointer, _ value: JSONValue, _ object: STIXObject
  ) -> PropertySource {
    let attributes = attributes(at: place)
    if let rest = Self.kept(pointer) {
      guard let member = rest.first else { return .follows() }
      guard member == "attributes", rest.count > 2, let nth = Int(rest[1]), attributes.indices.contains(nth) else {
        return Self.members.contains(member) ? own(place, [member]) : .follows()
      }
      let attribute = attributes[nth]
      if rest[2] == "tags" { return ofLabels(value, at: attribute) }
      if rest[2].hasPrefix("data_") { return own(attribute, ["data"]) }
      return Self.members.contains(rest[2]) ? own(attribute, [rest[2]]) : .follows()
    }
    switch name {
    case "labels": return ofLabels(value, at: place)
    case "pattern":
      return PropertySource(
        attributes.filter { root.at($0)?["to_ids"].flatMap(MISPValue.flag) ?? false }.map { $0.appending("value") })
    case "valid_from", "first_observed": return time(place, "first_seen")
    case "valid_until", "last_observed": return time(place, "last_seen")
    default: break
    }
    let texts = Set(Self.texts(value))
    let named = attributes.filter { attribute in
      guard let value = root.at(attribute)?["value"]?.string else { return false }
      return texts.contains(value) || facts(at: attribute).contains { texts.contains($0.value) }
    }
    if !named.isEmpty { return PropertySource(named.map { $0.appending("value") }) }
    if name == "description" || name == "x_misp_comment" { return own(place, ["comment"]) }
    // A name put together from several attributes follows from them.
    let parts = attributes.filter { attribute in
      let value = root.at(attribute)?["value"]?.string ?? ""
      return !value.isEmpty && texts.contains { $0.contains(value) }
    }
    return .follows(from: parts.map { $0.appending("value") })
  }

  /// The attributes of an object that were read, in the order in which our extension has them.
  func attributes(at object: JSONPointer) -> [JSONPointer] {
    guard let list = root.at(object)?["Attribute"], list.isArray else { return [] }
    return list.elements.enumerated().compactMap { index, entry in
      guard entry["type"]?.string?.isEmpty == false, entry["value"]?.string?.isEmpty == false else { return nil }
      return object.appending("Attribute").appending(index)
    }
  }

  /// How the value of an attribute is made of facts: by its type, or by its relation to the object that it stands in.
  func shape(at attribute: JSONPointer) -> AttributeShape? {
    guard let value = root.at(attribute), let type = value["type"]?.string else { return nil }
    if let holder = attribute.parent?.parent, MISPPart(holder) == .object {
      guard let name = root.at(holder)?["name"]?.string else { return nil }
      return ObjectTemplate.template(named: name)?.shape(of: value["object_relation"]?.string ?? "")
    }
    return AttributeShape.shape(of: type)
  }

  func facts(at attribute: JSONPointer) -> [Fact] {
    guard let value = root.at(attribute)?["value"]?.string else { return [] }
    return shape(at: attribute)?.facts(of: value)?.facts ?? []
  }

  // MARK: Pieces

  private func own(_ place: JSONPointer, _ names: [String]) -> PropertySource {
    PropertySource(existing(place, names))
  }

  private func existing(_ place: JSONPointer, _ names: [String]) -> [JSONPointer] {
    names.map { place.appending($0) }.filter { root.at($0) != nil }
  }

  /// What a part does not say when it was seen follows from when it was changed.
  private func time(_ place: JSONPointer, _ name: String) -> PropertySource {
    let own = own(place, [name])
    return own.isOwn ? own : .follows(from: existing(place, ["timestamp"]))
  }

  /// The tags that labels were.
  private func ofLabels(_ value: JSONValue, at holder: JSONPointer) -> PropertySource {
    let texts = Set(Self.texts(value))
    guard let tags = root.at(holder)?["Tag"], tags.isArray else { return .follows() }
    return PropertySource(
      tags.elements.enumerated().filter { texts.contains($0.element["name"]?.string ?? "") }.map {
        holder.appending("Tag").appending($0.offset).appending("name")
      })
  }

  /// Every text and whole number at a value or in it.
  private static func texts(_ value: JSONValue) -> [String] {
    switch value.kind {
    case .string: [value.string ?? ""]
    case .integer: [value.integer.map { String($0) } ?? ""]
    case .array: value.elements.flatMap { texts($0) }
    case .object: value.members.flatMap { texts($0.value) }
    default: []
    }
  }

  /// The rest of a pointer into our extension; nil for any other place.
  private static func kept(_ pointer: JSONPointer) -> [String]? {
    guard pointer.tokens.count > 2, pointer.tokens[0] == "extensions", pointer.tokens[1] == MISPExtension.id else {
      return nil
    }
    return Array(pointer.tokens.dropFirst(2))
  }

  /// What makes an object one: it goes whole.
  private static let identity: Set<String> = ["type", "id", "spec_version"]

  /// Members that our extension keeps under the names that they have in the event, and that may change alone.
  private static let members: Set<String> = [
    "value", "comment", "description", "first_seen", "last_seen", "extends_uuid",
  ]
}

/// What stands at a place of an event.
enum MISPPart: Equatable {
  case attribute, object, cluster, sighting, proposal, reference, organisation, other
  /// With the member that has its text.
  case remark(String)

  init(_ place: JSONPointer) {
    let name = place.tokens.last { Int($0) == nil } ?? ""
    switch name {
    case "Attribute": self = .attribute
    case "Object": self = .object
    case "GalaxyCluster": self = .cluster
    case "Sighting": self = .sighting
    case "ShadowAttribute": self = .proposal
    case "ObjectReference": self = .reference
    case "Org", "Orgc", "Organisation": self = .organisation
    case "Note": self = .remark("note")
    case "EventReport": self = .remark("content")
    case "Opinion": self = .remark("comment")
    default: self = .other
    }
  }
}

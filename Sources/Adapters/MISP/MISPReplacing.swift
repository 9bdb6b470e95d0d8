import Formats
import JSON
import STIX

/// Carries replacements in canonical objects over to the event that they were read from.
struct MISPReplacing {
  let places: MISPPlaces
  var edits = NativeEdits()

  init(_ root: JSONValue) { places = MISPPlaces(root: root) }

  /// References stand in no place of their own in an event: they go with what they refer to. What stands nowhere by
  /// itself takes its object along.
  mutating func replace(_ pointer: JSONPointer, in object: STIXObject, by replacement: Replacement) {
    if pointer.isOfReference, replacement == .removed { return }
    let source = places.source(of: pointer, in: object)
    guard source.isOwn else { return edits.wait(for: source.places, of: object) }
    for place in source.places {
      if case .value(let text) = replacement, let new = newText(text, at: place, for: pointer, in: object) {
        edits.set(place, new, orRemove: Self.removable(place))
      } else if case .value = replacement, isUnchanged(place, pointer, object) {
        continue
      } else {
        edits.gone.insert(Self.removable(place))
      }
    }
  }

  /// An object without what made it an indicator, observed data or an identity would be read as something else: it goes.
  mutating func finish() {
    let holders = Set(
      edits.gone.compactMap { place -> JSONPointer? in
        guard MISPPart(place) == .attribute, let holder = place.parent?.parent, MISPPart(holder) == .object else {
          return nil
        }
        return holder
      })
    for holder in holders where !staysWhatItIs(holder) { edits.gone.insert(holder) }
  }

  private func staysWhatItIs(_ holder: JSONPointer) -> Bool {
    let all = places.attributes(at: holder)
    let left = all.filter { !$0.isWithin(edits.gone) }
    guard !left.isEmpty else { return false }
    let name = root(holder)?["name"]?.string ?? ""
    if let deciding = KnowledgeTemplate.deciding(name) {
      return relations(all).intersection(deciding) == relations(left).intersection(deciding)
    }
    func speaking(_ attributes: [JSONPointer], forDetection: Bool) -> Bool {
      attributes.contains { place in
        let isFor = root(place)?["to_ids"].flatMap(MISPValue.flag) ?? false
        return (isFor || !forDetection) && !places.facts(at: place).isEmpty
      }
    }
    return speaking(all, forDetection: false) == speaking(left, forDetection: false)
      && speaking(all, forDetection: true) == speaking(left, forDetection: true)
  }

  private func relations(_ attributes: [JSONPointer]) -> Set<String> {
    Set(attributes.compactMap { root($0)?["object_relation"]?.string })
  }

  /// What goes when a value goes: a part is none without its value, a tag none without its name.
  static func removable(_ place: JSONPointer) -> JSONPointer {
    guard let name = place.tokens.last, let holder = place.parent else { return place }
    let isNeeded = needed.contains(name) || (name == "comment" && MISPPart(holder) == .remark("comment"))
    return isNeeded ? holder : place
  }

  private static let needed: Set<String> = [
    "value", "type", "category", "note", "content", "name", "info", "object_relation",
  ]

  /// An attribute of an object that has no part in what was replaced.
  private func isUnchanged(_ place: JSONPointer, _ pointer: JSONPointer, _ object: STIXObject) -> Bool {
    guard pointer.tokens == ["pattern"], let attribute = place.parent else { return false }
    return places.facts(at: attribute).isEmpty
  }

  /// The JSON text for a place of the event, where a canonical place gets this one; nil where the event cannot say it.
  private func newText(
    _ text: [UInt8], at place: JSONPointer, for pointer: JSONPointer, in object: STIXObject
  ) -> [UInt8]? {
    guard let value = JSONValue.of(text), let new = value.string ?? value.integer.map({ String($0) }), !new.isEmpty
    else { return nil }
    let old = object.value.at(pointer)
    guard place.tokens.last == "value", let attribute = place.parent, MISPPart(attribute) == .attribute else {
      return Self.isPlain(place) ? JSONTextOf.string(new) : nil
    }
    let isPattern = pointer.tokens == ["pattern"] && object.value["pattern_type"]?.isString("stix") ?? false
    let isWhole = root(attribute)?["value"]?.string == old?.string && !isPattern
    if isWhole { return fits(new, attribute) ? JSONTextOf.string(new) : nil }
    let changes = isPattern ? Self.changes(from: old?.string, to: new) : old.flatMap(Self.text).map { [($0, new)] }
    guard let changes, let shape = places.shape(at: attribute) else { return nil }
    let facts = places.facts(at: attribute).map { fact -> Fact in
      var fact = fact
      if let change = changes.first(where: { $0.0 == fact.value }) { fact.value = change.1 }
      return fact
    }
    guard let result = shape.value(of: facts)?.value, fits(result, attribute) else { return nil }
    return JSONTextOf.string(result)
  }

  private func root(_ place: JSONPointer) -> JSONValue? { places.root.at(place) }

  /// Whether a value still is one of the attribute's type, so that it is read as what it was.
  private func fits(_ value: String, _ attribute: JSONPointer) -> Bool {
    guard let type = root(attribute)?["type"]?.string, MISPValues.accepts(type, value) else { return false }
    guard let shape = places.shape(at: attribute), !places.facts(at: attribute).isEmpty else { return true }
    return shape.facts(of: value) != nil
  }

  /// Members that any text may stand in.
  private static func isPlain(_ place: JSONPointer) -> Bool {
    ["comment", "info", "name", "description", "note", "content", "authors", "source", "value"].contains(
      place.tokens.last ?? "")
  }

  private static func text(_ value: JSONValue) -> String? { value.string ?? value.integer.map { String($0) } }

  /// The values that differ between two patterns that say the same of others; nil where they differ otherwise.
  private static func changes(from old: String?, to new: String) -> [(String, String)]? {
    guard let before = old.flatMap({ try? Pattern($0) })?.together, let after = (try? Pattern(new))?.together,
      before.map(\.key) == after.map(\.key)
    else { return nil }
    return zip(before, after).filter { $0.value != $1.value }.map { ($0.value, $1.value) }
  }
}

extension ObjectTemplate {
  /// The shape of the values with this relation to their object; nil where STIX has no place for them.
  func shape(of relation: String) -> AttributeShape? {
    entries.first { $0.relation == relation }.map { entry in
      AttributeShape(parts: [.init(type: entry.factType, path: entry.path, kind: entry.kind)])
    }
  }
}

import Formats
import JSON
import STIX

/// Where what canonical objects say stands in the report that they were read from.
struct RegulatoryPlaces {
  let root: JSONValue
  /// The member that has the name of a party: `name`, or the law's own word for it.
  let partyName: String

  /// The source of a place in an object.
  func source(of pointer: JSONPointer, in object: STIXObject) -> PropertySource {
    guard let name = pointer.tokens.first, object.value.at(pointer) != nil, !pointer.isOfReference else {
      return .follows()
    }
    switch object.type {
    case "incident": return ofIncident(name, pointer)
    case "identity": return .all(object.sources.map { ofParty(name, pointer, at: $0) })
    case "location": return name == "country" ? PropertySource(object.sources) : .follows(from: object.sources)
    case "indicator", "vulnerability": return .all(object.sources.map { ofIndicator(name, object.type, at: $0) })
    default: return .follows()
    }
  }

  private func ofIncident(_ name: String, _ pointer: JSONPointer) -> PropertySource {
    switch name {
    case "name": return own(["title"])
    case "description": return own(["description"])
    case "created":
      let clocks = [["aware_at"], ["incident", "reasonable_belief_at"], ["ransom", "paid_at"]]
      return .follows(from: Array(clocks.flatMap { existing($0) }.prefix(1)))
    case "modified": return .follows(from: existing(["submitted_at"]))
    default:
      // The answers stand under the names that they have in the report.
      guard let rest = Self.kept(pointer) else { return .follows() }
      return own(rest)
    }
  }

  private func ofParty(_ name: String, _ pointer: JSONPointer, at place: JSONPointer) -> PropertySource {
    switch name {
    case "name": return own(place.tokens + ["name"], place.tokens + [partyName])
    case "contact_information":
      let contact = place.tokens + ["contact"]
      return PropertySource(["name", "role", "email", "phone"].flatMap { existing(contact + [$0]) })
    case "sectors": return .follows(from: existing(place.tokens + ["sector"]) + existing(place.tokens + ["sectors"]))
    default:
      guard let rest = Self.kept(pointer) else { return .follows() }
      return own(place.tokens + rest)
    }
  }

  private func ofIndicator(_ name: String, _ type: String, at place: JSONPointer) -> PropertySource {
    let value = place.tokens + ["value"]
    switch name {
    case "pattern": return own(value)
    case "name": return type == "vulnerability" ? own(value) : .follows(from: existing(value))
    case "external_references": return .follows(from: existing(value))
    case "description": return own(place.tokens + ["comment"])
    case "valid_from": return own(place.tokens + ["first_seen"])
    default: return .follows()
    }
  }

  private func own(_ tokens: [String]...) -> PropertySource { PropertySource(tokens.flatMap { existing($0) }) }

  private func existing(_ tokens: [String]) -> [JSONPointer] {
    let place = JSONPointer(tokens: tokens)
    return root.at(place) == nil ? [] : [place]
  }

  private static func kept(_ pointer: JSONPointer) -> [String]? {
    guard pointer.tokens.count > 2, pointer.tokens[0] == "extensions", pointer.tokens[1] == RegulatoryExtension.id
    else {
      return nil
    }
    return Array(pointer.tokens.dropFirst(2))
  }
}

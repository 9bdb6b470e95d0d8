import JSON
import STIX

/// The content of a document as facts without ids, times and order: what two converters can be compared by.
enum MISPComparison {
  struct Fact: Hashable, CustomStringConvertible {
    /// `file`, `indicator`; on the MISP side `Attribute`, `Object`.
    var type: String
    var name: String
    var value: String
    /// The texts that the value is made of.
    var leaves: [String] = []

    static func == (left: Fact, right: Fact) -> Bool {
      left.type == right.type && left.name == right.name && left.value == right.value
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(type)
      hasher.combine(name)
      hasher.combine(value)
    }

    var description: String { "\(type).\(name) = \(value.prefix(120))" }
  }

  // MARK: STIX

  static func stix(_ bundle: JSONValue) -> Set<Fact> {
    var facts: Set<Fact> = []
    for object in bundle["objects"]?.elements ?? bundle.elements {
      guard let type = object["type"]?.string, type != "marking-definition" else { continue }
      facts.insert(Fact(type: type, name: "type", value: type))
      if type == "indicator", let pattern = object["pattern"]?.string {
        facts.formUnion(equations(pattern, object["pattern_type"]?.string ?? "stix"))
      }
      for (name, value) in object.members where !envelope.contains(name) && name != "pattern" {
        if name == "labels" {
          for label in value.elements { facts.insert(Fact(type: type, name: name, value: label.string ?? "")) }
        } else if !name.hasSuffix("_ref"), !name.hasSuffix("_refs") {
          facts.insert(Fact(type: type, name: name, value: text(value), leaves: leaves(value)))
        }
      }
    }
    return facts
  }

  private static func equations(_ pattern: String, _ language: String) -> Set<Fact> {
    guard language == "stix", let parsed = try? Pattern(pattern), let alternatives = parsed.equalities() else {
      return [Fact(type: "pattern", name: language, value: pattern)]
    }
    return Set(
      alternatives.flatMap { $0 }.map { equality in
        let value =
          switch equality.value {
          case .string(let text): text
          case .integer(let number): String(number)
          case .float(let number): String(number)
          case .boolean(let flag): String(flag)
          case .binary, .timestamp: "\(equality.value)"
          }
        return Fact(type: "pattern", name: equality.path.description.replacing("[0]", with: "[*]"), value: value)
      })
  }

  private static let envelope: Set<String> = [
    "type", "id", "spec_version", "created", "modified", "extensions", "first_observed", "last_observed",
    "valid_from", "valid_until", "published", "object_marking_refs", "first_seen", "last_seen", "objects",
  ]

  // MARK: MISP

  static func misp(_ root: JSONValue) -> Set<Fact> {
    var facts: Set<Fact> = []
    let events = root["Event"].map { [$0] } ?? root.elements.map { $0 }
    for event in events {
      if let info = event["info"]?.string { facts.insert(Fact(type: "Event", name: "info", value: info)) }
      for attribute in event["Attribute"]?.elements ?? root.elements where event["Attribute"] != nil {
        facts.formUnion(values(attribute))
      }
      if let objects = event["Object"], objects.isArray {
        for object in objects.elements {
          facts.insert(Fact(type: "Object", name: "name", value: object["name"]?.string ?? ""))
          if let attributes = object["Attribute"], attributes.isArray {
            for attribute in attributes.elements { facts.formUnion(values(attribute)) }
          }
        }
      }
      if let tags = event["Tag"], tags.isArray {
        for tag in tags.elements { facts.insert(Fact(type: "Tag", name: "name", value: tag["name"]?.string ?? "")) }
      }
      guard let galaxies = event["Galaxy"], galaxies.isArray else { continue }
      for galaxy in galaxies.elements {
        guard let clusters = galaxy["GalaxyCluster"], clusters.isArray else { continue }
        for cluster in clusters.elements {
          facts.insert(Fact(type: "Cluster", name: "value", value: cluster["value"]?.string ?? ""))
        }
      }
    }
    return facts
  }

  private static func values(_ attribute: JSONValue) -> Set<Fact> {
    let type = attribute["type"]?.string ?? ""
    let value = attribute["value"]?.string ?? ""
    return [Fact(type: "Attribute", name: type, value: value)]
  }

  /// All texts and numbers in a value.
  static func leaves(_ value: JSONValue) -> [String] {
    switch value.kind {
    case .object: value.members.flatMap { leaves($0.value) }
    case .array: value.elements.flatMap { leaves($0) }
    case .string: [value.string ?? ""]
    case .null: []
    default: [value.description]
    }
  }

  private static func text(_ value: JSONValue) -> String {
    value.string ?? String(decoding: JCS.canonical(value), as: UTF8.self)
  }
}

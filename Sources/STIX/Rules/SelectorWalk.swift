import JSON

/// Follows selectors (STIX 2.1 section 7.2.3.1) through one object; where many lead through one list or object, it
/// looks places and names up instead of walking to them each time.
struct SelectorWalk {
  private let object: JSONValue
  /// How often a container was walked through, and what stands in it once that was often.
  private var visits: [Int: Int] = [:]
  private var places: [Int: [JSONValue]] = [:]
  private var names: [Int: [String: JSONValue]] = [:]

  private static let few = 16

  init(_ object: JSONValue) { self.object = object }

  /// Whether a selector leads to something.
  mutating func holds(_ selector: String) -> Bool {
    var value = object
    for step in selector.split(separator: ".", omittingEmptySubsequences: false) {
      let next: JSONValue?
      if step.hasPrefix("["), step.hasSuffix("]") {
        next = Int(step.dropFirst().dropLast()).flatMap { element(of: value, $0) }
      } else {
        next = member(of: value, String(step))
      }
      guard let next else { return false }
      value = next
    }
    return true
  }

  private mutating func element(of value: JSONValue, _ place: Int) -> JSONValue? {
    guard value.isArray, isOften(value) else { return value[place] }
    if places[value.index] == nil { places[value.index] = value.elements.map { $0 } }
    return places[value.index].flatMap { $0.indices.contains(place) ? $0[place] : nil }
  }

  private mutating func member(of value: JSONValue, _ name: String) -> JSONValue? {
    guard value.isObject, isOften(value) else { return value[name] }
    if names[value.index] == nil {
      names[value.index] = Dictionary(value.members.map { ($0.key, $0.value) }) { first, _ in first }
    }
    return names[value.index]?[name]
  }

  private mutating func isOften(_ value: JSONValue) -> Bool {
    let count = visits[value.index, default: 0] + 1
    visits[value.index] = count
    return count > Self.few
  }
}

import JSON

// What could not be judged.
extension Explainer {
  mutating func addUndecided(_ pattern: Pattern, _ spot: Spot) {
    add(spot, "pattern-too-costly", "\(name(spot)) \(words(pattern))")
  }

  /// What stood in the way of a verdict.
  func finding(_ fault: VerdictState.Fault, in value: JSONValue) -> SchemaFinding {
    switch fault {
    case .pattern(let pattern, let index):
      finding("pattern-too-costly", at: index, in: value) { "\($0) \(words(pattern))" }
    case .tooCostly(let index):
      finding("schema-too-costly", at: index, in: value) {
        "\($0) cannot be judged: the schema tries too many alternatives on it; simplify the schema"
      }
    }
  }

  private func words(_ pattern: Pattern) -> String {
    "cannot be judged: the pattern \(shortened(pattern.source, 200)) takes too many steps on it; simplify the pattern"
  }

  private func finding(
    _ rule: String, at index: Int, in value: JSONValue, _ message: (String) -> String
  ) -> SchemaFinding {
    let path = path(to: index, from: value.index)
    var spot = Spot(index: index)
    spot.instance = path
    return SchemaFinding(
      instance: JSONPointer(tokens: path), keywordLocation: .root, rule: rule, message: message(name(spot)))
  }

  /// The way to a tape word; a key is told as the place of its value.
  private func path(to wanted: Int, from start: Int) -> [String] {
    var path: [String] = []
    var index = start
    while index != wanted {
      if tape.tag(index) == JSONTape.Tag.object,
        let (key, at) = keys(index).first(where: { $0.index == wanted || tape.next($0.index + 1) > wanted })
      {
        path.append(key)
        if at == wanted { return path }
        index = at + 1
      } else if tape.tag(index) == JSONTape.Tag.array,
        let (place, at) = elements(index).enumerated().first(where: { tape.next($0.element) > wanted })
      {
        path.append(String(place))
        index = at
      } else {
        return path
      }
    }
    return path
  }
}

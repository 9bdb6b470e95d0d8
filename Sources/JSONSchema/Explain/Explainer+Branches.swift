import JSON

/// Of alternatives only one is explained: the one that a field with a fixed value, such as a type, points to; else the
/// one that the value comes nearest to.
extension Explainer {
  mutating func checkBranches(_ branches: [Int], _ keyword: String, _ spot: Spot) {
    let spots = branches.indices.map { spot.keyword(keyword, String($0)) }
    var trials: [[SchemaFinding]] = []
    for (branch, spot) in zip(branches, spots) { trials.append(trial(branch, spot)) }
    let fitting = trials.indices.filter { trials[$0].isEmpty }
    if !fitting.isEmpty {
      if keyword == "oneOf", fitting.count > 1 {
        let sets = fitting.map { tables.schemas[branches[$0]].required }
        if sets.allSatisfy({ !$0.isEmpty }) {
          let keys = sets.map { $0.map { quoted($0) }.joined(separator: " with ") }
          add(spot, keyword, "\(keys.joined(separator: " and ")) stand together\(inside(spot)); only one of them may")
          return
        }
        let names = fitting.map { title(branches[$0], $0) }.joined(separator: " and ")
        add(spot, keyword, "\(name(spot)) fits \(fitting.count) alternatives, \(names); expected exactly one")
      }
      return
    }
    if let chosen = pointedTo(branches, spot) {
      switch chosen {
      case .branch(let place): add(trials[place])
      case .noBranch(let key, let index, let values):
        let field = spot.part(key, index)
        var place = field
        place.keywords = spot.keywords
        add(place, keyword, "\(name(field)) is \(shown(index)); expected \(oneOf(values))")
      }
      return
    }
    if let types = typesOfAll(branches), types.isDisjoint(with: TypeSet(tape, spot.index)) {
      add(spot, keyword, "\(name(spot)) is \(shown(spot.index, withType: true)); expected \(types.words)")
      return
    }
    let values = trials.indices.compactMap { only(branches[$0]) }
    if values.count == trials.count {
      add(spot, keyword, "\(name(spot)) is \(shown(spot.index)); expected \(oneOf(values.flatMap { $0 }))")
      return
    }
    let lacksOnly = trials.allSatisfy { trial in
      !trial.isEmpty && trial.allSatisfy { $0.rule == "required" && $0.instance.tokens == spot.instance }
    }
    if lacksOnly {
      let keys = branches.map { tables.schemas[$0].required.map { quoted($0) }.joined(separator: " with ") }
      if keys.allSatisfy({ !$0.isEmpty }) {
        let listed = keys.dropLast().joined(separator: ", ") + " or " + (keys.last ?? "")
        add(spot, keyword, "\(listed) is missing\(within(spot)); at least one of them is required")
        return
      }
    }
    add(nearest(trials, spot))
  }

  /// The trial that came furthest: not refused by type at once, then with the fewest findings, then the deepest.
  private func nearest(_ trials: [[SchemaFinding]], _ spot: Spot) -> [SchemaFinding] {
    func rank(_ trial: [SchemaFinding]) -> (Int, Int, Int) {
      let here = JSONPointer(tokens: spot.instance)
      let refusedAtOnce = trial.contains { $0.instance == here && ($0.rule == "type" || $0.rule == "const") }
      let depth = trial.map(\.instance.tokens.count).max() ?? 0
      return (refusedAtOnce ? 1 : 0, trial.count, -depth)
    }
    return trials.min { rank($0) < rank($1) } ?? []
  }

  private enum Choice {
    case branch(Int)
    case noBranch(key: String, index: Int, values: [JSONValue])
  }

  /// The branch that a member with a fixed value points to. A key decides when each branch fixes it and the value has it.
  private func pointedTo(_ branches: [Int], _ spot: Spot) -> Choice? {
    guard tape.tag(spot.index) == JSONTape.Tag.object else { return nil }
    let fixed = branches.map { fixedMembers($0) }
    for (key, _) in fixed.first ?? [] {
      let values = fixed.compactMap { members in members.first { $0.key == key }?.values }
      guard values.count == branches.count, let index = member(spot.index, key) else { continue }
      let fitting = values.indices.filter { values[$0].contains { equals(index, $0) } }
      if fitting.count == 1 { return .branch(fitting[0]) }
      if fitting.isEmpty { return .noBranch(key: key, index: index, values: values.flatMap { $0 }) }
    }
    return nil
  }

  /// The members for which a schema allows listed values only.
  private func fixedMembers(_ schema: Int) -> [(key: String, values: [JSONValue])] {
    conjuncts(schema).flatMap { conjunct in
      tables.schemas[conjunct].properties.compactMap { key, child in only(child).map { (key, $0) } }
    }
  }

  /// The values that a schema lists, when it lists them.
  private func only(_ schema: Int) -> [JSONValue]? {
    for conjunct in conjuncts(schema) {
      let node = tables.schemas[conjunct]
      if let constant = node.constant { return [constant] }
      if let options = node.options { return options }
    }
    return nil
  }

  /// The types of all branches together; nil when one of them does not say.
  private func typesOfAll(_ branches: [Int]) -> TypeSet? {
    var types: TypeSet = []
    for branch in branches {
      let said = conjuncts(branch).compactMap { tables.schemas[$0].types }
      guard let first = said.first else { return nil }
      types.formUnion(said.dropFirst().reduce(first) { $0.intersection($1) })
    }
    return types
  }

  private func conjuncts(_ schema: Int) -> [Int] {
    var found: [Int] = []
    var waiting = [schema]
    while let next = waiting.popLast() {
      guard !found.contains(next) else { continue }
      found.append(next)
      let node = tables.schemas[next]
      waiting += node.allOf + [node.reference, node.dynamicReference].compactMap { $0 }
    }
    return found
  }

  private func title(_ schema: Int, _ place: Int) -> String {
    for conjunct in conjuncts(schema) {
      if let title = tables.schemas[conjunct].title { return quoted(title) }
    }
    return "the \(ordinal(place + 1))"
  }
}

import JSON

/// Schemas that are chosen by a string at a key, such as a type: looked up once instead of tried one by one.
extension VerdictCompiler {
  /// What an `if` asks, when it asks only whether a key has one of some strings.
  struct Discriminator {
    var key: String
    var strings: [String]
    /// Whether a value that is no object fails.
    var wantsObject: Bool
  }

  /// Whether a schema's `if` decides about anything.
  func isJudging(_ schema: SchemaNode) -> Bool { schema.then != nil || schema.otherwise != nil }

  func discriminator(_ schema: SchemaNode) -> Discriminator? {
    guard isJudging(schema), let condition = schema.condition else { return nil }
    let asked = nodes[condition]
    guard asked.judging.isSubset(of: ["type", "required", "properties"]), asked.required.count == 1,
      asked.properties.count == 1, asked.properties[0].key == asked.required[0],
      asked.types == nil || asked.types == .object
    else { return nil }
    let value = nodes[asked.properties[0].node]
    guard value.judging.isSubset(of: ["const", "enum"]), let strings = strings(value) else { return nil }
    return Discriminator(key: asked.required[0], strings: strings, wantsObject: asked.types == .object)
  }

  /// The strings of `const` or `enum`; nil when there are none, or other values too.
  func strings(_ schema: SchemaNode) -> [String]? {
    guard let values = schema.constant.map({ [$0] }) ?? schema.options else { return nil }
    let strings = values.compactMap(\.string)
    return strings.count == values.count ? strings : nil
  }

  /// One step for all `if`s that ask for strings at the same key.
  mutating func dispatches(_ schemas: [SchemaNode]) -> [VerdictProgram.Step] {
    var steps: [VerdictProgram.Step] = []
    let asked = schemas.compactMap { schema in discriminator(schema).map { (schema, $0) } }
    for key in Set(asked.map(\.1.key)).sorted() {
      let conditions = asked.filter { $0.1.key == key }
      let strings = Set(conditions.flatMap(\.1.strings)).sorted()
      let table = KeyTable(
        keys: strings.map { string in
          let parts = conditions.compactMap { $0.1.strings.contains(string) ? $0.0.then : $0.0.otherwise }
          return .init(bytes: Array(string.utf8), node: node(parts))
        })
      let dispatch = VerdictProgram.Dispatch(
        name: name(key), table: add(table), otherwise: node(conditions.compactMap(\.0.otherwise)),
        noObject: node(conditions.compactMap { $0.1.wantsObject ? $0.0.otherwise : $0.0.then }))
      steps.append(.init(operation: .dispatch, first: add(dispatch)))
    }
    return steps
  }

  /// One step for alternatives of which each requires an own string at the same key; nil when they are not like that.
  mutating func choice(_ branches: [Int]) -> VerdictProgram.Step? {
    guard branches.count > 1 else { return nil }
    let fixed = branches.map { fixedKeys($0) }
    guard let key = fixed[0].keys.sorted().first(where: { key in fixed.allSatisfy { $0[key] != nil } }) else {
      return nil
    }
    var chosen: [String: Int] = [:]
    for (branch, strings) in zip(branches, fixed) {
      for string in Set(strings[key] ?? []) {
        guard chosen.updateValue(branch, forKey: string) == nil else { return nil }
      }
    }
    let table = KeyTable(
      keys: chosen.sorted { $0.key < $1.key }.map { .init(bytes: Array($0.key.utf8), node: node([$0.value])) })
    let dispatch = VerdictProgram.Dispatch(
      name: name(key), table: add(table), otherwise: VerdictProgram.never, noObject: VerdictProgram.never)
    return .init(operation: .dispatch, first: add(dispatch))
  }

  /// The keys that a schema requires and for which it allows some strings only; none when it allows what is no object.
  private func fixedKeys(_ schema: Int) -> [String: [String]] {
    guard let conjuncts = conjuncts([schema]) else { return [:] }
    let parts = conjuncts.map { nodes[$0] }
    guard parts.contains(where: { $0.types == .object }) else { return [:] }
    let required = Set(parts.flatMap(\.required))
    var keys: [String: [String]] = [:]
    for part in parts {
      for (key, child) in part.properties where required.contains(key) && keys[key] == nil {
        for conjunct in self.conjuncts([child]) ?? [] where keys[key] == nil { keys[key] = strings(nodes[conjunct]) }
      }
    }
    return keys
  }
}

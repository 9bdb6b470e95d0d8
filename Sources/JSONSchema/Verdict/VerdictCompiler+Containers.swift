// MARK: - Arrays

extension VerdictCompiler {
  /// The plan for arrays of a conjunction; -1 when nothing is to be checked.
  mutating func array(_ schemas: [SchemaNode]) -> Int32 {
    var plan = VerdictProgram.ArrayPlan()
    var contains: [VerdictProgram.Contains] = []
    for schema in schemas {
      plan.minItems = max(plan.minItems, schema.minItems ?? 0)
      plan.maxItems = min(plan.maxItems, schema.maxItems ?? .max)
      plan.isUnique = plan.isUnique || schema.uniqueItems
      if let element = schema.contains {
        contains.append(
          .init(node: node([element]), least: schema.minContains ?? 1, most: schema.maxContains ?? .max))
      }
    }
    let longest = schemas.map(\.prefixItems.count).max() ?? 0
    let prefix = (0..<longest).map { place in
      node(schemas.compactMap { place < $0.prefixItems.count ? $0.prefixItems[place] : $0.items })
    }
    plan.prefix = list(prefix)
    plan.rest = node(schemas.compactMap(\.items))
    plan.contains = add(contains)
    let isTrivial =
      plan.minItems == 0 && plan.maxItems == .max && !plan.isUnique && prefix.isEmpty && contains.isEmpty
      && plan.rest == VerdictProgram.always
    return isTrivial ? -1 : add(plan)
  }
}

// MARK: - Objects

extension VerdictCompiler {
  /// The plan for objects of a conjunction; -1 when nothing is to be checked.
  mutating func object(_ schemas: [SchemaNode]) -> Int32 {
    var plan = VerdictProgram.ObjectPlan()
    for schema in schemas {
      plan.minProperties = max(plan.minProperties, schema.minProperties ?? 0)
      plan.maxProperties = min(plan.maxProperties, schema.maxProperties ?? .max)
    }
    var steps: [VerdictProgram.Step] = []
    let bits = presenceBits(schemas)
    for key in Set(schemas.flatMap(\.required)).sorted() {
      if let bit = bits[key] {
        plan.required |= bit
      } else {
        steps.append(.init(operation: .requiredKey, first: name(key)))
      }
    }
    steps += schemas.flatMap { dependencies($0) }
    plan.steps = self.steps(steps)
    plan.names = list(schemas.compactMap(\.propertyNames).map { node([$0]) }.filter { $0 != VerdictProgram.always })
    let keys = keys(schemas, bits, namesSomething: plan.names.count > 0)
    plan.keys = add(keys)
    plan.keyCount = Int32(keys.entries.count)
    unknownKeys(schemas, &plan)
    plan.endsEarly = plan.rest == VerdictProgram.always && plan.rules.count == 0 && plan.names.count == 0
    let isTrivial =
      plan.endsEarly && plan.keyCount == 0 && steps.isEmpty && plan.minProperties == 0 && plan.maxProperties == .max
    return isTrivial ? -1 : add(plan)
  }

  /// A bit for each required key, as far as 64 go.
  private func presenceBits(_ schemas: [SchemaNode]) -> [String: UInt64] {
    let keys = Set(schemas.flatMap(\.required)).sorted().prefix(64)
    return Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, 1 << UInt64($0)) })
  }

  private mutating func dependencies(_ schema: SchemaNode) -> [VerdictProgram.Step] {
    var steps: [VerdictProgram.Step] = []
    for (_, key, required) in schema.dependentRequired {
      let names = required.map { name($0) }
      let run = list(names)
      steps.append(
        .init(operation: .dependentRequired, first: name(key), second: run.start, third: run.count))
    }
    for (_, key, schema) in schema.dependentSchemas {
      steps.append(.init(operation: .dependentSchema, first: name(key), second: node([schema])))
    }
    return steps
  }

  /// All keys that the schemas name, each with the conjunction of what they say about it.
  private mutating func keys(_ schemas: [SchemaNode], _ bits: [String: UInt64], namesSomething: Bool) -> KeyTable {
    let tables = schemas.map { Dictionary($0.properties.map { ($0.key, $0.node) }) { first, _ in first } }
    let names = Set(tables.flatMap(\.keys)).union(bits.keys).sorted()
    return KeyTable(
      keys: names.map { name in
        var said: [Int] = []
        var isDecided = true
        for (schema, table) in zip(schemas, tables) {
          let verdicts = schema.patternProperties.map { $0.pattern.verdict(name) }
          isDecided = isDecided && !verdicts.contains(nil)
          let matching = zip(schema.patternProperties, verdicts).filter { $1 == true }.map(\.0.node)
          let named = table[name].map { [$0] } ?? []
          let found = named + matching
          said += found.isEmpty ? [schema.additionalProperties].compactMap { $0 } : found
        }
        let isAllowed = namesSomething ? accepts(name, names: schemas.compactMap(\.propertyNames)) : true
        return .init(
          bytes: Array(name.utf8), node: isAllowed == false || !isDecided ? VerdictProgram.never : node(said),
          bit: bits[name] ?? 0,
          checksName: isAllowed == nil)
      })
  }

  private mutating func unknownKeys(_ schemas: [SchemaNode], _ plan: inout VerdictProgram.ObjectPlan) {
    let plain = schemas.filter(\.patternProperties.isEmpty)
    plan.rest = node(plain.compactMap(\.additionalProperties))
    var rules: [VerdictProgram.UnknownKeyRule] = []
    for schema in schemas where !schema.patternProperties.isEmpty {
      var patterns: [VerdictProgram.PatternRule] = []
      for (pattern, node) in schema.patternProperties {
        patterns.append(.init(pattern: self.pattern(pattern), node: self.node([node])))
      }
      rules.append(.init(patterns: add(patterns), additional: node([schema.additionalProperties].compactMap { $0 })))
    }
    plan.rules = add(rules)
  }
}

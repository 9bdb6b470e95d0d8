import JSON

/// What `unevaluatedItems` and `unevaluatedProperties` ask: which parts of a value, known to satisfy a schema, some
/// keyword of that schema has judged. Looked up when asked, so that schemas without the question do not pay.
struct EvaluatedParts {
  private let machine: VerdictMachine
  private let index: Int

  init(_ machine: VerdictMachine, _ index: Int) {
    self.machine = machine
    self.index = index
  }

  /// For each element of the array, whether it was judged.
  func items(_ schema: Int) -> [Bool] {
    var evaluated = [Bool](repeating: false, count: machine.tape.count(index))
    machine.tables._withUnsafeGuaranteedRef { tables in
      walk(schema, tables, isSubject: true) { node in
        for place in evaluated.indices where place < node.prefixItems.count { evaluated[place] = true }
        if node.items != nil || node.isUnevaluatedItems {
          for place in evaluated.indices { evaluated[place] = true }
        }
        // Since 2020-12 what fits `contains` counts.
        guard node.node.draft == .draft2020, let contains = node.node.contains,
          let branch = tables.program.branches[contains]
        else { return }
        var at = index + 1
        for place in evaluated.indices {
          if machine.acceptsAgain(branch, at) { evaluated[place] = true }
          at = machine.tape.next(at)
        }
      }
    }
    return evaluated
  }

  /// For each member of the object, whether it was judged.
  func properties(_ schema: Int) -> [Bool] {
    let tape = machine.tape
    let end = tape.close(index)
    var keys: [Int] = []
    var at = index + 1
    while at < end {
      keys.append(at)
      at = tape.next(at + 1)
    }
    var evaluated = [Bool](repeating: false, count: keys.count)
    machine.tables._withUnsafeGuaranteedRef { tables in
      walk(schema, tables, isSubject: true) { visit in
        let node = visit.node
        if node.additionalProperties != nil || visit.isUnevaluatedProperties {
          for place in evaluated.indices { evaluated[place] = true }
          return
        }
        for (place, key) in keys.enumerated() where !evaluated[place] {
          let bytes = tape.bytes(key)
          evaluated[place] =
            node.properties.contains { $0.key.utf8.elementsEqual(bytes) }
            || node.patternProperties.contains { matches($0.pattern, key) }
        }
      }
    }
    return evaluated
  }

  private func matches(_ pattern: Pattern, _ key: Int) -> Bool {
    if let verdict = pattern.verdict(machine.tape.bytes(key)) { return verdict }
    machine.note(.pattern(pattern, key))
    return false
  }

  /// A schema on the walk. What its own `unevaluated...` judges counts, save for the schema that asks.
  private struct Visit {
    let node: SchemaNode
    let isSubject: Bool

    var prefixItems: [Int] { node.prefixItems }
    var items: Int? { node.items }
    var isUnevaluatedItems: Bool { !isSubject && node.unevaluatedItems != nil }
    var isUnevaluatedProperties: Bool { !isSubject && node.unevaluatedProperties != nil }
  }

  /// Visits a schema and all schemas in it that judge the same value and accept it.
  private func walk(_ schema: Int, _ tables: VerdictTables, isSubject: Bool, _ visit: (Visit) -> Void) {
    func holds(_ schema: Int) -> Bool {
      tables.program.branches[schema].map { machine.acceptsAgain($0, index) } ?? false
    }
    func go(_ schema: Int) { walk(schema, tables, isSubject: false, visit) }
    let node = tables.schemas[schema]
    visit(Visit(node: node, isSubject: isSubject))
    for part in node.allOf { go(part) }
    for part in [node.reference, node.dynamicReference].compactMap({ $0 }) { go(part) }
    for part in node.anyOf + node.oneOf where holds(part) { go(part) }
    if let condition = node.condition {
      if holds(condition) {
        go(condition)
        if let then = node.then { go(then) }
      } else if let otherwise = node.otherwise {
        go(otherwise)
      }
    }
    guard machine.tape.tag(index) == JSONTape.Tag.object else { return }
    for (_, key, part) in node.dependentSchemas {
      var key = key
      if key.withUTF8({ machine.tape.member(index, $0) }) != nil { go(part) }
    }
  }
}

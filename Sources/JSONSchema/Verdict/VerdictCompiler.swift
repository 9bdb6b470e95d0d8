import JSON

/// Compiles schema nodes into a program.
struct VerdictCompiler {
  let nodes: [SchemaNode]
  private(set) var program = VerdictProgram()
  private var known: [[Int]: Int32] = [:]
  private var waiting: [(number: Int32, conjuncts: [Int])] = []
  private var patternNumbers: [ObjectIdentifier: Int32] = [:]
  /// Past this many nodes conjunctions are no longer merged, since merging could multiply them.
  private static let mergedNodes = 20_000

  static func compile(_ nodes: [SchemaNode], root: Int) -> (program: VerdictProgram, root: Int32) {
    var compiler = VerdictCompiler(nodes: nodes)
    let number = compiler.node([root])
    while let (number, conjuncts) = compiler.waiting.popLast() { compiler.fill(number, conjuncts) }
    return (compiler.program, number)
  }

  private init(nodes: [SchemaNode]) {
    self.nodes = nodes
    program.nodes = [.init(types: 0), .init()]
  }

  var merges: Bool { program.nodes.count < Self.mergedNodes }

  /// The node that is the conjunction of some schemas.
  mutating func node(_ schemas: [Int]) -> Int32 {
    guard let conjuncts = conjuncts(schemas) else { return VerdictProgram.never }
    if conjuncts.isEmpty { return VerdictProgram.always }
    if let number = known[conjuncts] { return number }
    let number = Int32(program.nodes.count)
    program.nodes.append(.init())
    known[conjuncts] = number
    waiting.append((number, conjuncts))
    return number
  }

  /// The schemas with all that `$ref` and `allOf` add, each once, in order; nil when one of them is `false`.
  func conjuncts(_ schemas: [Int]) -> [Int]? {
    var found = Set<Int>()
    var waiting = schemas
    while let number = waiting.popLast() {
      let schema = nodes[number]
      if let always = schema.always {
        if !always { return nil }
        continue
      }
      guard found.insert(number).inserted, merges else { continue }
      waiting += schema.allOf + [schema.reference, schema.dynamicReference].compactMap { $0 }
    }
    return found.sorted()
  }

  private mutating func fill(_ number: Int32, _ conjuncts: [Int]) {
    var node = VerdictProgram.Node()
    var general: [VerdictProgram.Step] = []
    if !merges, conjuncts.count > 1 {
      general = [.init(operation: .all, list: list(conjuncts.map { self.node([$0]) }))]
    } else {
      let schemas = conjuncts.map { nodes[$0] }
      if let strings = fixedStrings(schemas) {
        node.types = TypeSet.string.rawValue
        node.general = steps([oneOf(strings)])
        program.nodes[Int(number)] = node
        return
      }
      for schema in schemas {
        if let types = schema.types { node.types &= types.rawValue }
      }
      node.strings = steps(schemas.flatMap { strings($0) })
      node.numbers = steps(schemas.flatMap { numbers($0) })
      node.array = array(schemas)
      node.object = object(schemas)
      general = dispatches(schemas)
      for schema in schemas { general += self.general(schema) }
      let isWhole = Set(conjuncts)
      for schema in schemas {
        let parts = schema.allOf + [schema.reference, schema.dynamicReference].compactMap { $0 }
        // Parts that could not be merged any more.
        for part in parts where nodes[part].always != true && !isWhole.contains(part) {
          general.append(.init(operation: .all, list: list([self.node([part])])))
        }
      }
      for (conjunct, schema) in zip(conjuncts, schemas) { general += unevaluated(conjunct, schema) }
    }
    node.general = steps(general)
    program.nodes[Int(number)] = node
  }

  mutating func steps(_ steps: [VerdictProgram.Step]) -> VerdictProgram.Slice {
    defer { program.steps += steps }
    return .init(start: Int32(program.steps.count), count: Int32(steps.count))
  }

  mutating func list(_ numbers: [Int32]) -> VerdictProgram.Slice {
    defer { program.lists += numbers }
    return .init(start: Int32(program.lists.count), count: Int32(numbers.count))
  }

  mutating func pattern(_ pattern: Pattern) -> Int32 {
    if let number = patternNumbers[ObjectIdentifier(pattern)] { return number }
    let number = Int32(program.patterns.count)
    program.patterns.append(pattern)
    patternNumbers[ObjectIdentifier(pattern)] = number
    return number
  }

  mutating func add(_ plan: VerdictProgram.ArrayPlan) -> Int32 {
    program.arrays.append(plan)
    return Int32(program.arrays.count - 1)
  }

  mutating func add(_ plan: VerdictProgram.ObjectPlan) -> Int32 {
    program.objects.append(plan)
    return Int32(program.objects.count - 1)
  }

  mutating func add(_ table: KeyTable) -> Int32 {
    program.keyTables.append(table)
    return Int32(program.keyTables.count - 1)
  }

  mutating func add(_ dispatch: VerdictProgram.Dispatch) -> Int32 {
    program.dispatches.append(dispatch)
    return Int32(program.dispatches.count - 1)
  }

  mutating func add(_ contains: [VerdictProgram.Contains]) -> VerdictProgram.Slice {
    defer { program.contains += contains }
    return .init(start: Int32(program.contains.count), count: Int32(contains.count))
  }

  mutating func add(_ rules: [VerdictProgram.UnknownKeyRule]) -> VerdictProgram.Slice {
    defer { program.unknownKeyRules += rules }
    return .init(start: Int32(program.unknownKeyRules.count), count: Int32(rules.count))
  }

  mutating func add(_ rules: [VerdictProgram.PatternRule]) -> VerdictProgram.Slice {
    defer { program.patternRules += rules }
    return .init(start: Int32(program.patternRules.count), count: Int32(rules.count))
  }

  mutating func name(_ key: String) -> Int32 {
    program.names.append(Array(key.utf8))
    return Int32(program.names.count - 1)
  }
}

extension VerdictProgram.Step {
  init(operation: VerdictProgram.Operation, list: VerdictProgram.Slice) {
    self.init(operation: operation, first: list.start, second: list.count)
  }
}

// MARK: - Scalars and what is of any type

extension VerdictCompiler {
  private mutating func strings(_ schema: SchemaNode) -> [VerdictProgram.Step] {
    var steps: [VerdictProgram.Step] = []
    if let length = schema.minLength, length > 0 {
      steps.append(.init(operation: .minLength, first: Int32(clamping: length)))
    }
    if let length = schema.maxLength, length < Int32.max {
      steps.append(.init(operation: .maxLength, first: Int32(length)))
    }
    if let pattern = schema.pattern { steps.append(.init(operation: .pattern, first: self.pattern(pattern))) }
    if !schema.content.isEmpty {
      steps.append(.init(operation: .content, first: Int32(schema.content.rawValue)))
    }
    if let format = schema.format {
      program.formats.append(format)
      steps.append(.init(operation: .format, first: Int32(program.formats.count - 1)))
    }
    return steps
  }

  private mutating func numbers(_ schema: SchemaNode) -> [VerdictProgram.Step] {
    let checks: [(VerdictProgram.Operation, ExactNumber?)] = [
      (.minimum, schema.minimum), (.maximum, schema.maximum), (.exclusiveMinimum, schema.exclusiveMinimum),
      (.exclusiveMaximum, schema.exclusiveMaximum), (.multipleOf, schema.multipleOf),
    ]
    return checks.compactMap { operation, number in
      guard let number else { return nil }
      program.numbers.append(number)
      return .init(operation: operation, first: Int32(program.numbers.count - 1))
    }
  }

  private mutating func general(_ schema: SchemaNode) -> [VerdictProgram.Step] {
    var steps: [VerdictProgram.Step] = []
    if let constant = schema.constant { steps.append(.init(operation: .constant, list: values([constant]))) }
    if let options = schema.options { steps.append(self.options(options)) }
    if !schema.anyOf.isEmpty {
      steps.append(choice(schema.anyOf) ?? .init(operation: .anyOf, list: branches(schema.anyOf)))
    }
    if !schema.oneOf.isEmpty {
      steps.append(choice(schema.oneOf) ?? .init(operation: .oneOf, list: branches(schema.oneOf)))
    }
    if let not = schema.not { steps.append(.init(operation: .not, first: node([not]))) }
    if let condition = schema.condition, isJudging(schema), discriminator(schema) == nil {
      steps.append(
        .init(
          operation: .condition, first: node([condition]), second: node([schema.then].compactMap { $0 }),
          third: node([schema.otherwise].compactMap { $0 })))
    }
    return steps
  }

  private mutating func branches(_ schemas: [Int]) -> VerdictProgram.Slice {
    let numbers = schemas.map { node([$0]) }
    return list(numbers)
  }

  private mutating func options(_ options: [JSONValue]) -> VerdictProgram.Step {
    let strings = options.compactMap(\.string)
    guard strings.count == options.count, strings.count > 2 else {
      return .init(operation: .oneOfValues, list: values(options))
    }
    return oneOf(strings)
  }

  private mutating func values(_ values: [JSONValue]) -> VerdictProgram.Slice {
    defer { program.values += values }
    return .init(start: Int32(program.values.count), count: Int32(values.count))
  }

  private mutating func unevaluated(_ number: Int, _ schema: SchemaNode) -> [VerdictProgram.Step] {
    var steps: [VerdictProgram.Step] = []
    if let unevaluated = schema.unevaluatedItems {
      steps.append(.init(operation: .unevaluatedItems, first: Int32(number), second: node([unevaluated])))
    }
    if let unevaluated = schema.unevaluatedProperties {
      steps.append(.init(operation: .unevaluatedProperties, first: Int32(number), second: node([unevaluated])))
    }
    guard !steps.isEmpty else { return [] }
    // The walk asks which of these hold.
    var waiting = [number]
    while let schema = waiting.popLast() {
      guard program.branches[schema] == nil else { continue }
      program.branches[schema] = node([schema])
      waiting += nodes[schema].inPlace
      if let contains = nodes[schema].contains { program.branches[contains] = node([contains]) }
    }
    return steps
  }
}

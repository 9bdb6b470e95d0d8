import JSON

/// The second, slower pass: walks schema and value side by side and says what does not fit.
struct Explainer {
  let tables: VerdictTables
  let tape: JSONTape
  private let limit: Int
  private var findings: [SchemaFinding] = []
  /// How many schemas may still be tried, and members looked at: alternatives inside alternatives multiply.
  private var budget: Int

  init(_ tables: VerdictTables, _ tape: JSONTape, limit: Int) {
    self.tables = tables
    self.tape = tape
    self.limit = limit
    budget = 500_000
  }

  /// Where the walk stands: in the value, and by which keywords it came.
  struct Spot {
    var index: Int
    var instance: [String] = []
    var keywords: [String] = []
    /// Set where the value is a key, or is named by more than its place.
    var subject: String?

    func keyword(_ path: String...) -> Spot {
      var spot = self
      spot.keywords += path
      return spot
    }

    func part(_ token: String, _ index: Int) -> Spot {
      var spot = self
      spot.instance.append(token)
      spot.index = index
      spot.subject = nil
      return spot
    }
  }

  mutating func explain(_ root: Int, _ value: JSONValue) -> [SchemaFinding] {
    budget += 4 * (tape.next(value.index) - value.index)
    check(root, Spot(index: value.index))
    if findings.isEmpty {
      add(Spot(index: value.index), "schema", "the value does not satisfy the schema")
    }
    return findings
  }

  var isFull: Bool { findings.count >= limit }

  mutating func add(_ spot: Spot, _ rule: String, _ message: String) {
    guard !isFull else { return }
    findings.append(
      SchemaFinding(
        instance: JSONPointer(tokens: spot.instance), keywordLocation: JSONPointer(tokens: spot.keywords + [rule]),
        rule: rule, message: message))
  }

  mutating func add(_ other: [SchemaFinding]) {
    findings += other.prefix(max(0, limit - findings.count))
  }

  /// What a schema finds, without adding it.
  mutating func trial(_ schema: Int, _ spot: Spot) -> [SchemaFinding] {
    let kept = findings
    findings = []
    check(schema, spot)
    defer { findings = kept }
    return findings
  }

  mutating func check(_ number: Int, _ spot: Spot) {
    let isContainer = tape.tag(spot.index) == JSONTape.Tag.object || tape.tag(spot.index) == JSONTape.Tag.array
    budget -= isContainer ? 1 + tape.count(spot.index) : 1
    guard !isFull, budget > 0 else { return }
    let schema = tables.schemas[number]
    if let always = schema.always {
      if !always { addForbidden(spot) }
      return
    }
    let before = findings.count
    if let types = schema.types, types.isDisjoint(with: TypeSet(tape, spot.index)) {
      add(spot, "type", "\(name(spot)) is \(shown(spot.index, withType: true)); expected \(types.words)")
    }
    checkValues(schema, spot)
    switch tape.tag(spot.index) {
    case JSONTape.Tag.string: checkString(schema, spot)
    case JSONTape.Tag.array: checkArray(schema, spot)
    case JSONTape.Tag.object: checkObject(schema, spot)
    default: checkNumber(schema, spot)
    }
    checkInPlace(schema, spot)
    if findings.count == before { checkUnevaluated(number, schema, spot) }
  }

  private mutating func addForbidden(_ spot: Spot) {
    guard !isFull else { return }
    // The keyword that holds `false`, not the name or the place under which it does.
    let path = spot.keywords
    let holder = path.count > 1 ? path[path.count - 2] : ""
    let isPart =
      Self.keywordsByName.contains(holder) || Self.keywordsByPlace.contains(holder) && Int(path.last ?? "") != nil
    let rule = isPart ? holder : path.last ?? "false"
    findings.append(
      SchemaFinding(
        instance: JSONPointer(tokens: spot.instance),
        keywordLocation: JSONPointer(tokens: path.isEmpty ? [rule] : path),
        rule: rule, message: "\(name(spot)) is not allowed here"))
  }

  private static let keywordsByName: Set<String> = [
    "properties", "patternProperties", "dependentSchemas", "dependencies",
  ]
  private static let keywordsByPlace: Set<String> = ["prefixItems", "items", "allOf"]

  private mutating func checkValues(_ schema: SchemaNode, _ spot: Spot) {
    if let constant = schema.constant, !equals(spot.index, constant) {
      add(spot, "const", "\(name(spot)) is \(shown(spot.index)); expected \(shown(constant))")
    }
    if let options = schema.options, !options.contains(where: { equals(spot.index, $0) }) {
      add(spot, "enum", "\(name(spot)) is \(shown(spot.index)); expected \(oneOf(options))")
    }
  }

  func equals(_ index: Int, _ value: JSONValue) -> Bool {
    tape.equal(index, value.document.tape, value.index)
  }

  // MARK: Scalars

  private mutating func checkString(_ schema: SchemaNode, _ spot: Spot) {
    let text = tape.bytes(spot.index)
    let length = text.count { $0 & 0xC0 != 0x80 }
    if let least = schema.minLength, length < least {
      add(spot, "minLength", "\(name(spot)) has \(count(length, "character")); expected at least \(least)")
    }
    if let most = schema.maxLength, length > most {
      add(spot, "maxLength", "\(name(spot)) has \(count(length, "character")); expected at most \(most)")
    }
    // A title says what is expected in words that people use; without one the keyword has to do.
    if let pattern = schema.pattern {
      let verdict = pattern.verdict(text)
      if verdict == nil { addUndecided(pattern, spot) }
      if verdict == false {
        let wanted = schema.title ?? "a text that matches \(shortened(pattern.source, 200))"
        let found = spot.subject.map { "found \($0)" } ?? "\(name(spot)) is \(shown(spot.index))"
        add(spot, "pattern", "\(found); expected \(wanted)")
      }
    }
    if !schema.content.isEmpty, !schema.content.accepts(text) {
      let rule = schema.content.contains(.json) ? "contentMediaType" : "contentEncoding"
      add(spot, rule, "\(name(spot)) is \(shown(spot.index)); expected \(schema.content.words)")
    }
    if let format = schema.format, !format.accepts(text) {
      add(spot, "format", "\(name(spot)) is \(shown(spot.index)); expected \(schema.title ?? format.words)")
    }
  }

  private mutating func checkNumber(_ schema: SchemaNode, _ spot: Spot) {
    guard let number = ExactNumber(tape, spot.index) else { return }
    let found = "\(name(spot)) is \(shown(spot.index)); expected"
    if let bound = schema.minimum, number < bound { add(spot, "minimum", "\(found) at least \(bound.words)") }
    if let bound = schema.maximum, bound < number { add(spot, "maximum", "\(found) at most \(bound.words)") }
    if let bound = schema.exclusiveMinimum, number <= bound {
      add(spot, "exclusiveMinimum", "\(found) more than \(bound.words)")
    }
    if let bound = schema.exclusiveMaximum, bound <= number {
      add(spot, "exclusiveMaximum", "\(found) less than \(bound.words)")
    }
    if let divisor = schema.multipleOf, !number.isMultiple(of: divisor) {
      add(spot, "multipleOf", "\(found) a multiple of \(divisor.words)")
    }
  }

  // MARK: In place

  private mutating func checkInPlace(_ schema: SchemaNode, _ spot: Spot) {
    if let reference = schema.reference { check(reference, spot.keyword("$ref")) }
    if let reference = schema.dynamicReference { check(reference, spot.keyword("$dynamicRef")) }
    for (place, part) in schema.allOf.enumerated() { check(part, spot.keyword("allOf", String(place))) }
    if !schema.anyOf.isEmpty { checkBranches(schema.anyOf, "anyOf", spot) }
    if !schema.oneOf.isEmpty { checkBranches(schema.oneOf, "oneOf", spot) }
    if let not = schema.not, trial(not, spot).isEmpty { addExcluded(not, spot) }
    if let condition = schema.condition, schema.then != nil || schema.otherwise != nil {
      if trial(condition, spot).isEmpty {
        if let then = schema.then { check(then, spot.keyword("then")) }
      } else if let otherwise = schema.otherwise {
        check(otherwise, spot.keyword("else"))
      }
    }
  }

  private mutating func addExcluded(_ not: Int, _ spot: Spot) {
    let excluded = tables.schemas[not]
    if let title = excluded.title {
      add(spot, "not", "\(name(spot)) is \(shown(spot.index)), but must not be \(title)")
    } else if let constant = excluded.constant {
      add(spot, "not", "\(name(spot)) must not be \(shown(constant))")
    } else if let options = excluded.options {
      add(spot, "not", "\(name(spot)) is \(shown(spot.index)), but must not be \(oneOf(options))")
    } else if !excluded.required.isEmpty {
      let keys = excluded.required.map { quoted($0) }.joined(separator: " and ")
      let verb = excluded.required.count == 1 ? "is" : "are"
      add(
        spot, "not",
        "\(keys) \(verb) not allowed in \(name(spot)) \(excluded.required.count == 1 ? "" : "together ")here")
    } else if let pattern = excluded.pattern {
      add(
        spot, "not",
        "\(name(spot)) is \(shown(spot.index)), but must not match \(shortened(pattern.source, 200))")
    } else {
      add(spot, "not", "\(name(spot)) is \(shown(spot.index)), which is excluded here")
    }
  }
}

import JSON

extension Explainer {
  // MARK: Arrays

  mutating func checkArray(_ schema: SchemaNode, _ spot: Spot) {
    let count = tape.count(spot.index)
    if let least = schema.minItems, count < least {
      add(spot, "minItems", "\(name(spot)) has \(self.count(count, "element")); expected at least \(least)")
    }
    if let most = schema.maxItems, count > most {
      add(spot, "maxItems", "\(name(spot)) has \(self.count(count, "element")); expected at most \(most)")
    }
    if schema.uniqueItems, let (first, second) = repeatedElement(tape, spot.index) {
      add(spot, "uniqueItems", "\(name(spot)) has equal elements at \(first) and \(second); expected each once")
    }
    for (place, index) in elements(spot.index).enumerated() {
      if isFull { return }
      if place < schema.prefixItems.count {
        check(schema.prefixItems[place], spot.keyword(schema.prefixKeyword, String(place)).part(String(place), index))
      } else if let items = schema.items {
        check(items, spot.keyword(schema.itemsKeyword).part(String(place), index))
      }
    }
    if let contains = schema.contains { checkContains(contains, schema, spot) }
  }

  private mutating func checkContains(_ contains: Int, _ schema: SchemaNode, _ spot: Spot) {
    var found = 0
    for (place, index) in elements(spot.index).enumerated() {
      if trial(contains, spot.part(String(place), index)).isEmpty { found += 1 }
    }
    let what = tables.schemas[contains].title ?? "what \"contains\" asks for"
    let least = schema.minContains ?? 1
    if found < least {
      let rule = schema.minContains == nil ? "contains" : "minContains"
      add(spot, rule, "\(name(spot)) has \(count(found, "element")) that fit \(what); expected at least \(least)")
    }
    if let most = schema.maxContains, found > most {
      add(
        spot, "maxContains", "\(name(spot)) has \(count(found, "element")) that fit \(what); expected at most \(most)")
    }
  }

  func elements(_ index: Int) -> [Int] {
    var elements: [Int] = []
    let end = tape.close(index)
    var at = index + 1
    while at < end {
      elements.append(at)
      at = tape.next(at)
    }
    return elements
  }

  // MARK: Objects

  mutating func checkObject(_ schema: SchemaNode, _ spot: Spot) {
    let count = tape.count(spot.index)
    if let least = schema.minProperties, count < least {
      add(spot, "minProperties", "\(name(spot)) has \(self.count(count, "field")); expected at least \(least)")
    }
    if let most = schema.maxProperties, count > most {
      add(spot, "maxProperties", "\(name(spot)) has \(self.count(count, "field")); expected at most \(most)")
    }
    for key in schema.required where member(spot.index, key) == nil {
      add(spot, "required", "\(quoted(key)) is missing\(within(spot))")
    }
    for (keyword, key, required) in schema.dependentRequired where member(spot.index, key) != nil {
      for other in required where member(spot.index, other) == nil {
        add(
          spot, keyword,
          "\(quoted(other)) is missing\(within(spot)); it is required where \(quoted(key)) stands")
      }
    }
    for (keyword, key, part) in schema.dependentSchemas where member(spot.index, key) != nil {
      check(part, spot.keyword(keyword, key))
    }
    checkMembers(schema, spot)
  }

  private mutating func checkMembers(_ schema: SchemaNode, _ spot: Spot) {
    let named = Dictionary(schema.properties.map { ($0.key, $0.node) }) { first, _ in first }
    for (key, keyIndex) in keys(spot.index) {
      if isFull { return }
      var isNamed = false
      if let part = named[key] {
        isNamed = true
        check(part, spot.keyword("properties", key).part(key, keyIndex + 1))
      }
      for (pattern, part) in schema.patternProperties {
        let verdict = pattern.verdict(key)
        if verdict == nil { addUndecided(pattern, spot.part(key, keyIndex)) }
        guard verdict == true else { continue }
        isNamed = true
        check(part, spot.keyword("patternProperties", pattern.source).part(key, keyIndex + 1))
      }
      if !isNamed, let additional = schema.additionalProperties {
        checkRest(additional, "additionalProperties", spot, (key, keyIndex), known: schema.properties.map(\.key))
      }
      if let names = schema.propertyNames {
        var place = spot.keyword("propertyNames").part(key, keyIndex)
        place.subject = "the key \(quoted(key))"
        check(names, place)
      }
    }
  }

  private mutating func checkRest(
    _ schema: Int, _ rule: String, _ spot: Spot, _ member: (key: String, index: Int), known: [String]
  ) {
    let part = spot.part(member.key, member.index + 1)
    guard tables.schemas[schema].always == false else { return check(schema, part.keyword(rule)) }
    let near = known.isEmpty ? "" : nearKey(member.key, known).map { "; did you mean \(quoted($0))?" } ?? ""
    add(part, rule, "\(quoted(member.key)) is not a known field\(withinObject(spot))\(near)")
  }

  func keys(_ index: Int) -> [(key: String, index: Int)] {
    var keys: [(key: String, index: Int)] = []
    let end = tape.close(index)
    var at = index + 1
    while at < end {
      keys.append((String(decoding: tape.bytes(at), as: UTF8.self), at))
      at = tape.next(at + 1)
    }
    return keys
  }

  func member(_ index: Int, _ key: String) -> Int? {
    var key = key
    return key.withUTF8 { tape.member(index, $0) }
  }

  // MARK: Unevaluated

  mutating func checkUnevaluated(_ number: Int, _ schema: SchemaNode, _ spot: Spot) {
    guard schema.unevaluatedItems != nil || schema.unevaluatedProperties != nil else { return }
    var state = VerdictState(tape, spot.index)
    let (items, properties) = withUnsafeMutablePointer(to: &state) { state in
      let parts = EvaluatedParts(VerdictMachine(tables, tape, state), spot.index)
      return switch tape.tag(spot.index) {
      case JSONTape.Tag.array: (parts.items(number), [Bool]())
      case JSONTape.Tag.object: ([Bool](), parts.properties(number))
      default: ([Bool](), [Bool]())
      }
    }
    if let rest = schema.unevaluatedItems, tape.tag(spot.index) == JSONTape.Tag.array {
      for (place, index) in elements(spot.index).enumerated() where !items[place] {
        check(rest, spot.keyword("unevaluatedItems").part(String(place), index))
      }
    }
    if let rest = schema.unevaluatedProperties, tape.tag(spot.index) == JSONTape.Tag.object {
      for (place, member) in keys(spot.index).enumerated() where !properties[place] {
        checkRest(rest, "unevaluatedProperties", spot, member, known: [])
      }
    }
  }
}

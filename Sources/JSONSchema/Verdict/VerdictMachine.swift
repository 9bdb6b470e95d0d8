import JSON

/// Runs a program over a tape. Holds only while the tables and the document live.
struct VerdictMachine {
  let tables: Unmanaged<VerdictTables>
  let nodes: UnsafeMutablePointer<VerdictProgram.Node>
  let steps: UnsafeMutablePointer<VerdictProgram.Step>
  let lists: UnsafeMutablePointer<Int32>
  let tape: JSONTape
  let state: UnsafeMutablePointer<VerdictState>

  init(_ tables: VerdictTables, _ tape: JSONTape, _ state: UnsafeMutablePointer<VerdictState>) {
    self.tables = .passUnretained(tables)
    nodes = tables.nodes
    steps = tables.steps
    lists = tables.lists
    self.tape = tape
    self.state = state
  }

  private typealias Operation = VerdictProgram.Operation

  /// Whether the value at a tape word satisfies a node.
  func accepts(_ number: Int32, _ index: Int) -> Bool {
    if number <= VerdictProgram.always { return number == VerdictProgram.always }
    let node = nodes + Int(number)
    let type: TypeSet
    switch tape.tag(index) {
    case JSONTape.Tag.string:
      guard node.pointee.types & TypeSet.string.rawValue != 0 else { return false }
      if node.pointee.strings.count > 0, !acceptsString(node.pointee.strings, index) { return false }
      return node.pointee.general.count == 0 || acceptsGeneral(node.pointee.general, index)
    case JSONTape.Tag.object:
      guard node.pointee.types & TypeSet.object.rawValue != 0 else { return false }
      if node.pointee.object >= 0, !acceptsObject(node.pointee.object, index) { return false }
      return node.pointee.general.count == 0 || acceptsGeneral(node.pointee.general, index)
    case JSONTape.Tag.array:
      guard node.pointee.types & TypeSet.array.rawValue != 0 else { return false }
      if node.pointee.array >= 0, !acceptsArray(node.pointee.array, index) { return false }
      return node.pointee.general.count == 0 || acceptsGeneral(node.pointee.general, index)
    default: type = TypeSet(tape, index)
    }
    guard node.pointee.types & type.rawValue != 0 else { return false }
    if !type.isDisjoint(with: .number), node.pointee.numbers.count > 0, !acceptsNumber(node.pointee.numbers, index) {
      return false
    }
    return node.pointee.general.count == 0 || acceptsGeneral(node.pointee.general, index)
  }

  // MARK: Scalars

  private func acceptsString(_ slice: VerdictProgram.Slice, _ index: Int) -> Bool {
    let text = tape.bytes(index)
    for step in UnsafeBufferPointer(start: steps + Int(slice.start), count: Int(slice.count)) {
      switch step.operation {
      case .minLength:
        // A character has one to four bytes.
        if text.count < Int(step.first) { return false }
        if text.count < 4 * Int(step.first), characters(text) < Int(step.first) { return false }
      case .maxLength:
        if text.count > Int(step.first), characters(text) > Int(step.first) { return false }
      case .pattern:
        if !matches(step.first, text, index) { return false }
      case .content:
        if !Content(rawValue: UInt8(truncatingIfNeeded: step.first)).accepts(text) { return false }
      default:
        if !tables._withUnsafeGuaranteedRef({ $0.formats[Int(step.first)].accepts(text) }) { return false }
      }
    }
    return true
  }

  private func characters(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in text where byte & 0xC0 != 0x80 { count &+= 1 }
    return count
  }

  /// Whether the string at a tape word matches; what cannot be decided is noted, and does not pass.
  @inline(__always)
  private func matches(_ pattern: Int32, _ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    tables._withUnsafeGuaranteedRef { tables in
      tables.patterns[Int(pattern)]._withUnsafeGuaranteedRef { pattern in
        if let verdict = pattern.verdict(text) { return verdict }
        note(.pattern(pattern, index))
        return false
      }
    }
  }

  /// Notes what stands in the way; nothing more is judged then.
  func note(_ fault: VerdictState.Fault) {
    if state.pointee.fault == nil { state.pointee.fault = fault }
    state.pointee.budget = 0
  }

  private func acceptsNumber(_ slice: VerdictProgram.Slice, _ index: Int) -> Bool {
    guard let number = ExactNumber(tape, index) else { return true }
    for step in UnsafeBufferPointer(start: steps + Int(slice.start), count: Int(slice.count)) {
      let bound = tables._withUnsafeGuaranteedRef { $0.numbers[Int(step.first)] }
      let holds =
        switch step.operation {
        case .minimum: bound <= number
        case .maximum: number <= bound
        case .exclusiveMinimum: bound < number
        case .exclusiveMaximum: number < bound
        default: number.isMultiple(of: bound)
        }
      if !holds { return false }
    }
    return true
  }

  // MARK: Arrays

  private func acceptsArray(_ number: Int32, _ index: Int) -> Bool {
    let plan = tables._withUnsafeGuaranteedRef { $0.arrays + Int(number) }
    let count = tape.count(index)
    guard count >= plan.pointee.minItems, count <= plan.pointee.maxItems else { return false }
    let end = tape.close(index)
    if plan.pointee.rest != VerdictProgram.always || plan.pointee.prefix.count > 0 {
      var at = index &+ 1
      var place = 0
      while at < end {
        let isPrefix = place < Int(plan.pointee.prefix.count)
        let node = isPrefix ? lists[Int(plan.pointee.prefix.start) &+ place] : plan.pointee.rest
        if !accepts(node, at) { return false }
        at = tape.next(at)
        place &+= 1
      }
    }
    if plan.pointee.contains.count > 0, !acceptsContains(plan.pointee.contains, index) { return false }
    return !plan.pointee.isUnique || hasUniqueElements(tape, index)
  }

  private func acceptsContains(_ slice: VerdictProgram.Slice, _ index: Int) -> Bool {
    let rules = tables._withUnsafeGuaranteedRef { $0.contains + Int(slice.start) }
    let end = tape.close(index)
    for rule in UnsafeBufferPointer(start: rules, count: Int(slice.count)) {
      var found = 0
      var at = index &+ 1
      while at < end {
        if acceptsAgain(rule.node, at) { found &+= 1 }
        at = tape.next(at)
      }
      if found < rule.least || found > rule.most { return false }
    }
    return true
  }

  // MARK: Objects

  private func acceptsObject(_ number: Int32, _ index: Int) -> Bool {
    let object = tables._withUnsafeGuaranteedRef { $0.objects + Int(number) }
    let count = tape.count(index)
    guard count >= object.pointee.minProperties, count <= object.pointee.maxProperties else { return false }
    let endsEarly = object.pointee.endsEarly
    if object.pointee.keyCount > 0 || !endsEarly {
      let end = tape.close(index)
      let table = tables._withUnsafeGuaranteedRef { $0.keyTables + Int(object.pointee.keys) }
      var unseen = object.pointee.keyCount
      var missing = object.pointee.required
      var at = index &+ 1
      while at < end {
        let key = tape.bytes(at)
        var checksName = true
        if let entry = find(key, table) {
          missing &= ~entry.pointee.bit
          checksName = entry.pointee.checksName
          if !accepts(entry.pointee.node, at &+ 1) { return false }
          unseen &-= 1
          if endsEarly, unseen == 0 { break }
        } else if !endsEarly {
          if !accepts(object.pointee.rest, at &+ 1) { return false }
          if object.pointee.rules.count > 0, !acceptsUnknown(object.pointee.rules, key, at) {
            return false
          }
        }
        let names = object.pointee.names
        if checksName {
          for node in UnsafeBufferPointer(start: lists + Int(names.start), count: Int(names.count)) {
            if !accepts(node, at) { return false }
          }
        }
        at = tape.next(at &+ 1)
      }
      if missing != 0 { return false }
    }
    return object.pointee.steps.count == 0 || acceptsDependencies(object.pointee.steps, index)
  }

  @inline(__always)
  private func find(
    _ key: UnsafeBufferPointer<UInt8>, _ table: UnsafeMutablePointer<VerdictTables.Table>
  ) -> UnsafeMutablePointer<VerdictTables.Entry>? {
    let mask = table.pointee.mask
    guard mask >= 0 else { return nil }
    let (head, tail) = KeyTable.ends(key)
    var slot = KeyTable.hash(head, tail, key.count) & mask
    while true {
      let number = table.pointee.slots[slot]
      if number == 0 { return nil }
      let entry = table.pointee.entries + Int(number &- 1)
      if entry.pointee.head == head, entry.pointee.tail == tail, entry.pointee.length == key.count {
        if key.count <= 16 || sameBytes(key, UnsafeBufferPointer(start: entry.pointee.bytes, count: key.count)) {
          return entry
        }
      }
      slot = (slot &+ 1) & mask
    }
  }

  private func acceptsUnknown(_ slice: VerdictProgram.Slice, _ key: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    let (rules, patterns) = tables._withUnsafeGuaranteedRef { ($0.unknownKeyRules + Int(slice.start), $0.patternRules) }
    for rule in UnsafeBufferPointer(start: rules, count: Int(slice.count)) {
      var isNamed = false
      let start = patterns + Int(rule.patterns.start)
      for pattern in UnsafeBufferPointer(start: start, count: Int(rule.patterns.count)) {
        guard matches(pattern.pattern, key, at) else { continue }
        isNamed = true
        if !accepts(pattern.node, at &+ 1) { return false }
      }
      if !isNamed, !accepts(rule.additional, at &+ 1) { return false }
    }
    return true
  }

  private func acceptsDependencies(_ slice: VerdictProgram.Slice, _ index: Int) -> Bool {
    tables._withUnsafeGuaranteedRef { tables in
      for step in UnsafeBufferPointer(start: steps + Int(slice.start), count: Int(slice.count)) {
        let isThere = tape.member(index, tables.name(step.first)) != nil
        switch step.operation {
        case .requiredKey: if !isThere { return false }
        case .dependentSchema: if isThere, !acceptsAgain(step.second, index) { return false }
        default:
          guard isThere else { continue }
          for name in UnsafeBufferPointer(start: lists + Int(step.second), count: Int(step.third)) {
            if tape.member(index, tables.name(name)) == nil { return false }
          }
        }
      }
      return true
    }
  }
}

// MARK: - Any type

extension VerdictMachine {
  /// Judges by one more schema a value that others judge too, while the budget lasts.
  @inline(__always)
  func acceptsAgain(_ number: Int32, _ index: Int) -> Bool {
    if number <= VerdictProgram.always { return number == VerdictProgram.always }
    return state.pointee.pay(tape, index) && accepts(number, index)
  }

  private func acceptsGeneral(_ slice: VerdictProgram.Slice, _ index: Int) -> Bool {
    for step in UnsafeBufferPointer(start: steps + Int(slice.start), count: Int(slice.count)) {
      let holds =
        switch step.operation {
        case .constant, .oneOfValues: isOneOf(step, index)
        case .anyOf: branches(step).contains { acceptsAgain($0, index) }
        case .oneOf: acceptsOne(step, index)
        case .not: !acceptsAgain(step.first, index)
        case .condition: acceptsAgain(acceptsAgain(step.first, index) ? step.second : step.third, index)
        case .all: branches(step).allSatisfy { acceptsAgain($0, index) }
        case .oneOfStrings: isOneOfStrings(step, index)
        case .dispatch: dispatches(step, index)
        case .unevaluatedItems: acceptsUnevaluatedItems(step, index)
        default: acceptsUnevaluatedProperties(step, index)
        }
      if !holds { return false }
    }
    return true
  }

  private func branches(_ step: VerdictProgram.Step) -> UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: lists + Int(step.first), count: Int(step.second))
  }

  private func acceptsOne(_ step: VerdictProgram.Step, _ index: Int) -> Bool {
    var found = false
    for branch in branches(step) where acceptsAgain(branch, index) {
      if found { return false }
      found = true
    }
    return found
  }

  private func isOneOf(_ step: VerdictProgram.Step, _ index: Int) -> Bool {
    let values = tables._withUnsafeGuaranteedRef { $0.values + Int(step.first) }
    for value in UnsafeBufferPointer(start: values, count: Int(step.second)) {
      if tape.equal(index, value.tape, value.index) { return true }
    }
    return false
  }

  private func isOneOfStrings(_ step: VerdictProgram.Step, _ index: Int) -> Bool {
    guard tape.tag(index) == JSONTape.Tag.string else { return false }
    return find(tape.bytes(index), tables._withUnsafeGuaranteedRef { $0.keyTables + Int(step.first) }) != nil
  }

  /// Goes on with the schema that the string at a key chooses.
  private func dispatches(_ step: VerdictProgram.Step, _ index: Int) -> Bool {
    tables._withUnsafeGuaranteedRef { tables in
      let dispatch = tables.dispatches + Int(step.first)
      guard tape.tag(index) == JSONTape.Tag.object else { return acceptsAgain(dispatch.pointee.noObject, index) }
      guard let value = tape.member(index, tables.name(dispatch.pointee.name)), tape.tag(value) == JSONTape.Tag.string,
        let entry = find(tape.bytes(value), tables.keyTables + Int(dispatch.pointee.table))
      else { return acceptsAgain(dispatch.pointee.otherwise, index) }
      return acceptsAgain(entry.pointee.node, index)
    }
  }

  private func acceptsUnevaluatedItems(_ step: VerdictProgram.Step, _ index: Int) -> Bool {
    guard tape.tag(index) == JSONTape.Tag.array else { return true }
    let evaluated = EvaluatedParts(self, index).items(Int(step.first))
    var at = index + 1
    for isEvaluated in evaluated {
      if !isEvaluated, !acceptsAgain(step.second, at) { return false }
      at = tape.next(at)
    }
    return true
  }

  private func acceptsUnevaluatedProperties(_ step: VerdictProgram.Step, _ index: Int) -> Bool {
    guard tape.tag(index) == JSONTape.Tag.object else { return true }
    let evaluated = EvaluatedParts(self, index).properties(Int(step.first))
    var at = index + 1
    for isEvaluated in evaluated {
      if !isEvaluated, !acceptsAgain(step.second, at + 1) { return false }
      at = tape.next(at + 1)
    }
    return true
  }
}

/// Whether no two elements of an array mean the same. Few are compared with one another, many by their hash.
func hasUniqueElements(_ tape: JSONTape, _ index: Int) -> Bool {
  repeatedElement(tape, index) == nil
}

/// The places of the first two equal elements of an array.
func repeatedElement(_ tape: JSONTape, _ index: Int) -> (first: Int, second: Int)? {
  let count = tape.count(index)
  guard count > 1 else { return nil }
  let end = tape.close(index)
  if count <= 8 {
    var second = index + 1
    var place = 0
    while second < end {
      var first = index + 1
      var other = 0
      while first < second {
        if tape.equal(first, tape, second) { return (other, place) }
        first = tape.next(first)
        other += 1
      }
      second = tape.next(second)
      place += 1
    }
    return nil
  }
  var seen: [UInt64: [(index: Int, place: Int)]] = [:]
  seen.reserveCapacity(count)
  var at = index + 1
  var place = 0
  while at < end {
    let hash = tape.hash(at)
    for other in seen[hash] ?? [] where tape.equal(other.index, tape, at) { return (other.place, place) }
    seen[hash, default: []].append((at, place))
    at = tape.next(at)
    place += 1
  }
  return nil
}

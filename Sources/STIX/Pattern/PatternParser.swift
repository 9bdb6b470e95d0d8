/// Reads the grammar of STIX 2.1 section 9 by recursive descent.
///
/// Between observations FOLLOWEDBY binds loosest, then OR, then AND, as inside an observation OR is looser than AND;
/// qualifiers bind to what stands before them.
struct PatternParser {
  private var lexer: PatternLexer
  private var token: PatternToken = .end
  private var start = 0
  private var depth = 0
  private let maximumDepth: Int

  init(_ text: String, maximumDepth: Int) throws(PatternError) {
    lexer = PatternLexer(text)
    self.maximumDepth = maximumDepth
    try advance()
  }

  mutating func parse() throws(PatternError) -> Pattern {
    let pattern = try observations()
    guard token == .end else { throw unexpected("AND, OR, FOLLOWEDBY, a qualifier or the end") }
    return pattern
  }

  private mutating func advance() throws(PatternError) { (token, start) = try lexer.next() }

  private func unexpected(_ expected: String) -> PatternError {
    var found = token.name
    if case .literal = token { found = "\"\(lexer.taken(from: start).prefix(40))\"" }
    return lexer.error("expected \(expected), found \(found)", at: start)
  }

  private mutating func take(_ symbol: String, or others: String = "") throws(PatternError) {
    guard token == .symbol(symbol) else { throw unexpected(others + "\"\(symbol)\"") }
    try advance()
  }

  /// Takes a keyword if it is there; keywords are in capitals.
  private mutating func takes(_ keyword: String) throws(PatternError) -> Bool {
    guard token == .word(keyword) else { return false }
    try advance()
    return true
  }

  private mutating func nested<Result>(
    _ body: (inout PatternParser) throws(PatternError) -> Result
  ) throws(PatternError) -> Result {
    guard depth < maximumDepth else {
      throw lexer.error("more than \(maximumDepth) levels of nesting", at: start)
    }
    depth += 1
    let result = try body(&self)
    depth -= 1
    return result
  }

  // MARK: Observations

  private mutating func observations() throws(PatternError) -> Pattern {
    var parts = [try alternatives()]
    while try takes("FOLLOWEDBY") { parts.append(try alternatives()) }
    return parts.count == 1 ? parts[0] : .followedBy(parts)
  }

  private mutating func alternatives() throws(PatternError) -> Pattern {
    var parts = [try conjunction()]
    while try takes("OR") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func conjunction() throws(PatternError) -> Pattern {
    var parts = [try qualified()]
    while try takes("AND") { parts.append(try qualified()) }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func qualified() throws(PatternError) -> Pattern {
    var pattern: Pattern
    switch token {
    case .symbol("("):
      try advance()
      pattern = try nested { parser throws(PatternError) in try parser.observations() }
      try take(")")
    case .symbol("["):
      try advance()
      pattern = .observation(try comparisons())
      try take("]", or: "AND, OR or ")
    default:
      throw unexpected("an observation in \"[...]\" or a group in \"(...)\"")
    }
    var count = 0
    var isObservation = false
    if case .observation = pattern { isObservation = true }
    var kinds: Set<Int> = []
    while true {
      let place = start
      guard let qualifier = try qualifier() else { break }
      // Section 9.5: of each kind an observation has at most one; a group around it may have another.
      guard kinds.insert(qualifier.kind).inserted || !isObservation else {
        throw lexer.error("one observation has the same qualifier twice", at: place)
      }
      count += 1
      guard count <= maximumDepth else { throw lexer.error("more than \(maximumDepth) qualifiers", at: start) }
      pattern = .qualified(pattern, qualifier)
    }
    return pattern
  }

  private mutating func qualifier() throws(PatternError) -> Pattern.Qualifier? {
    if try takes("WITHIN") {
      let place = start
      let seconds = try number()
      guard seconds > 0 else { throw lexer.error("WITHIN needs a number above zero", at: place) }
      guard try takes("SECONDS") else { throw unexpected("SECONDS") }
      return .within(seconds: seconds)
    }
    if try takes("REPEATS") {
      guard case .literal(.integer(let count)) = token, count > 0 else { throw unexpected("an integer above zero") }
      try advance()
      guard try takes("TIMES") else { throw unexpected("TIMES") }
      return .repeats(Int(count))
    }
    if try takes("START") {
      let from = try timestamp()
      guard try takes("STOP") else { throw unexpected("STOP") }
      let place = start
      let until = try timestamp()
      guard from < until else { throw lexer.error("STOP must be later than START", at: place) }
      return .startStop(from, until)
    }
    return nil
  }

  private mutating func number() throws(PatternError) -> Double {
    let value: Double
    switch token {
    case .literal(.integer(let number)): value = Double(number)
    case .literal(.float(let number)): value = number
    default: throw unexpected("a number")
    }
    try advance()
    return value
  }

  private mutating func timestamp() throws(PatternError) -> Timestamp {
    guard case .literal(.timestamp(let moment)) = token else { throw unexpected("a moment such as t'...'") }
    try advance()
    return moment
  }

  // MARK: Comparisons

  private mutating func comparisons() throws(PatternError) -> Pattern.Comparison {
    var parts = [try comparisonConjunction()]
    while try takes("OR") { parts.append(try comparisonConjunction()) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func comparisonConjunction() throws(PatternError) -> Pattern.Comparison {
    let place = start
    var parts = [try comparison()]
    while try takes("AND") { parts.append(try comparison()) }
    if parts.count == 1 { return parts[0] }
    // One observation is one object, so no object could match all of these.
    let types = parts.map(\.types)
    guard !types.dropFirst().reduce(types[0], { $0.intersection($1) }).isEmpty else {
      throw lexer.error("inside one observation AND joins comparisons of one object type", at: place)
    }
    return .and(parts)
  }

  private mutating func comparison() throws(PatternError) -> Pattern.Comparison {
    if token == .symbol("(") {
      try advance()
      let group = try nested { parser throws(PatternError) in try parser.comparisons() }
      try take(")", or: "AND, OR or ")
      return group
    }
    var isNegated = try takes("NOT")
    if try takes("EXISTS") { return .exists(try path(), isNegated: isNegated) }
    if isNegated { throw unexpected("EXISTS; before other operators NOT stands after the path") }
    let path = try path()
    isNegated = try takes("NOT")
    let op = try comparisonOperator()
    if op == .isIn { return .test(path, op, isNegated: isNegated, try set()) }
    let place = start
    let literal = try self.literal()
    switch op {
    case .like, .matches, .isSubset, .isSuperset:
      guard case .string = literal else { throw lexer.error("\(op.rawValue) compares with a text in '...'", at: place) }
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      if case .boolean = literal { throw lexer.error("\(op.rawValue) does not order true and false", at: place) }
    default: break
    }
    return .test(path, op, isNegated: isNegated, [literal])
  }

  private mutating func comparisonOperator() throws(PatternError) -> Pattern.Operator {
    let op: Pattern.Operator?
    switch token {
    case .symbol("<>"): op = .notEqual
    case .symbol(let text), .word(let text): op = Pattern.Operator(rawValue: text)
    default: op = nil
    }
    guard let op else { throw unexpected("an operator such as =, !=, <, IN, LIKE or MATCHES") }
    try advance()
    return op
  }

  private mutating func set() throws(PatternError) -> [Pattern.Literal] {
    try take("(")
    // The grammar knows the empty set, though nothing is in it.
    if token == .symbol(")") {
      try advance()
      return []
    }
    var literals = [try literal()]
    while token == .symbol(",") {
      try advance()
      literals.append(try literal())
    }
    try take(")")
    return literals
  }

  private mutating func literal() throws(PatternError) -> Pattern.Literal {
    let literal: Pattern.Literal
    switch token {
    case .string(let text): literal = .string(text)
    case .literal(let value): literal = value
    case .word("true"): literal = .boolean(true)
    case .word("false"): literal = .boolean(false)
    default: throw unexpected("a literal such as 'text', 7 or true")
    }
    try advance()
    return literal
  }

  // MARK: Object paths

  private mutating func path() throws(PatternError) -> Pattern.ObjectPath {
    guard case .word(let type) = token else { throw unexpected("an object path such as file:name") }
    guard !Self.keywords.contains(type) else { throw unexpected("an object type") }
    guard TypeName.isValid(type) else {
      throw lexer.error("\"\(type)\" is no name of an object type: these are lower-case words", at: start)
    }
    try advance()
    try take(":")
    var steps = [try property()]
    while true {
      if token == .symbol(".") {
        try advance()
        steps.append(try property())
      } else if token == .symbol("[") {
        try advance()
        steps.append(try index())
        try take("]")
      } else {
        return Pattern.ObjectPath(type: type, steps: steps)
      }
    }
  }

  private mutating func property() throws(PatternError) -> Pattern.ObjectPath.Step {
    switch token {
    case .string(let name):
      guard !name.isEmpty else { throw unexpected("a property's name") }
      try advance()
      return .property(name)
    case .word(let name):
      guard !Self.keywords.contains(name) else { throw unexpected("a property's name") }
      guard !name.utf8.contains(UInt8(ascii: "-")) else {
        throw lexer.error("a name with a hyphen is quoted: '\(name)'", at: start)
      }
      try advance()
      return .property(name)
    default:
      throw unexpected("a property's name")
    }
  }

  private mutating func index() throws(PatternError) -> Pattern.ObjectPath.Step {
    switch token {
    case .symbol("*"):
      try advance()
      return .any
    case .literal(.integer(let index)) where index >= 0:
      try advance()
      return .index(Int(index))
    default:
      throw unexpected("a position or *")
    }
  }

  private static let keywords: Set<String> = [
    "AND", "OR", "NOT", "FOLLOWEDBY", "LIKE", "MATCHES", "ISSUPERSET", "ISSUBSET", "EXISTS", "IN", "START", "STOP",
    "SECONDS", "TIMES", "WITHIN", "REPEATS", "true", "false",
  ]
}

extension Pattern.Qualifier {
  fileprivate var kind: Int {
    switch self {
    case .within: 0
    case .repeats: 1
    case .startStop: 2
    }
  }
}

extension Pattern.Comparison {
  /// The object types that could match.
  package var types: Set<String> {
    switch self {
    case .test(let path, _, _, _), .exists(let path, _): [path.type]
    case .or(let parts): parts.reduce(into: []) { $0.formUnion($1.types) }
    case .and(let parts): parts.dropFirst().reduce(parts.first?.types ?? []) { $0.intersection($1.types) }
    }
  }
}

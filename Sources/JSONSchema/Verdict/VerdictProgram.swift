import JSON

/// A schema compiled for the question valid or not: flat tables of plain values, walked without allocation.
///
/// A node is a conjunction: what `$ref` and `allOf` tie together is one node, so that the members of an object are
/// walked once for all of it. Node 0 refuses everything, node 1 accepts everything.
struct VerdictProgram: Sendable {
  static let never: Int32 = 0
  static let always: Int32 = 1

  /// One conjunction.
  struct Node {
    var types: UInt8 = TypeSet.all.rawValue
    var strings = Slice()
    var numbers = Slice()
    /// The plan for arrays and for objects; -1 when there is nothing to check.
    var array: Int32 = -1
    var object: Int32 = -1
    /// Checks for any type; they come last.
    var general = Slice()
  }

  /// A run of some table.
  struct Slice {
    var start: Int32 = 0
    var count: Int32 = 0
  }

  /// One check; what the operands mean depends on the operation.
  struct Step {
    var operation: Operation
    var first: Int32 = 0
    var second: Int32 = 0
    var third: Int32 = 0
  }

  enum Operation: UInt8 {
    // Of strings: the operand is a length, a pattern, what `Content` asks, or a format.
    case minLength, maxLength, pattern, content, format
    // Of numbers: the operand is a number.
    case minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf
    // Of anything: the operands are values, or a run of `lists`, or nodes.
    case constant, oneOfValues, anyOf, oneOf, not, condition, all
    // The operand is a key table: of strings allowed, or of strings at a key with the nodes that they choose.
    case oneOfStrings, dispatch
    // The operand is a schema node.
    case unevaluatedItems, unevaluatedProperties
    // Of objects: presence bits and keys, run of `lists`, node.
    case dependentRequired, dependentSchema, requiredKey
  }

  struct ArrayPlan {
    var minItems = 0
    var maxItems = Int.max
    var isUnique = false
    /// Nodes by place, in `lists`, and the node of the elements behind them.
    var prefix = Slice()
    var rest = VerdictProgram.always
    /// Of `contains`.
    var contains = Slice()
  }

  struct Contains {
    var node: Int32
    var least: Int
    var most: Int
  }

  struct ObjectPlan {
    var minProperties = 0
    var maxProperties = Int.max
    /// The bits of the required keys, as `KeyTable` numbers them.
    var required: UInt64 = 0
    var keys: Int32 = 0
    var keyCount: Int32 = 0
    /// For keys that are not known: one node when no patterns are about, else the rules of each schema.
    var rest = VerdictProgram.always
    var rules = Slice()
    var names = Slice()
    var steps = Slice()
    /// Whether the walk may end once all keys that are known have been seen.
    var endsEarly = false
  }

  /// What one schema says about a key that it does not name.
  struct UnknownKeyRule {
    var patterns = Slice()
    var additional = VerdictProgram.always
  }

  /// A choice among schemas by a string that stands at a key.
  struct Dispatch {
    var name: Int32
    /// The table of the strings.
    var table: Int32
    /// For any other string, for another type and for no such key.
    var otherwise: Int32
    /// For a value that is no object.
    var noObject: Int32
  }

  struct PatternRule {
    var pattern: Int32
    var node: Int32
  }

  var nodes: [Node] = []
  var steps: [Step] = []
  var lists: [Int32] = []
  var arrays: [ArrayPlan] = []
  var contains: [Contains] = []
  var objects: [ObjectPlan] = []
  var unknownKeyRules: [UnknownKeyRule] = []
  var patternRules: [PatternRule] = []
  var patterns: [Pattern] = []
  var formats: [Format] = []
  var numbers: [ExactNumber] = []
  var values: [JSONValue] = []
  var names: [[UInt8]] = []
  var keyTables: [KeyTable] = []
  var dispatches: [Dispatch] = []
  /// The program's node of a schema node, where the walk for `unevaluated...` needs it.
  var branches: [Int: Int32] = [:]
}

/// The keys that a schema names, found by their first eight bytes, last eight and length.
struct KeyTable: Sendable {
  /// What is known about a key.
  struct Key {
    var bytes: [UInt8]
    /// What its value must satisfy.
    var node: Int32 = VerdictProgram.always
    /// Which bit the presence of the key clears; 0 for none.
    var bit: UInt64 = 0
    /// Whether `propertyNames` could not be answered for it beforehand.
    var checksName = false
  }

  struct Entry {
    var head: UInt64
    var tail: UInt64
    var key: Key
  }

  private(set) var entries: [Entry]
  /// Numbers of entries, from 1; 0 is free.
  private(set) var slots: [UInt32]

  init(keys: [Key]) {
    entries = keys.map { key in
      let (head, tail) = key.bytes.withUnsafeBufferPointer { KeyTable.ends(copying: $0) }
      return Entry(head: head, tail: tail, key: key)
    }
    guard !entries.isEmpty else {
      slots = []
      return
    }
    var room = 4
    while room < entries.count * 2 { room *= 2 }
    slots = [UInt32](repeating: 0, count: room)
    for (number, entry) in entries.enumerated() {
      var slot = KeyTable.hash(entry.head, entry.tail, entry.key.bytes.count) & (room - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (room - 1) }
      slots[slot] = UInt32(number + 1)
    }
  }

  static func hash(_ head: UInt64, _ tail: UInt64, _ length: Int) -> Int {
    let mixed = (head ^ (tail &<< 29 | tail &>> 35) ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed &>> 40)
  }

  /// First and last eight bytes of a key on a tape, which has room behind each string.
  @inline(__always)
  static func ends(_ key: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64) {
    guard let start = UnsafeRawPointer(key.baseAddress) else { return (0, 0) }
    let head = start.loadUnaligned(as: UInt64.self)
    if key.count >= 8 { return (head, (start + key.count - 8).loadUnaligned(as: UInt64.self)) }
    let masked = head & ((1 &<< UInt64(key.count &* 8)) &- 1)
    return (masked, masked)
  }

  private static func ends(copying key: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64) {
    let padded = Array(key) + [UInt8](repeating: 0, count: 8)
    return padded.withUnsafeBufferPointer { ends(UnsafeBufferPointer(rebasing: $0[..<key.count])) }
  }
}

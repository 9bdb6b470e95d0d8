import JSON

/// A program's tables at fixed addresses, for the machine. Made once per schema.
final class VerdictTables: @unchecked Sendable {
  // Written while it is made, and never after.
  let nodes: UnsafeMutablePointer<VerdictProgram.Node>
  let steps: UnsafeMutablePointer<VerdictProgram.Step>
  let lists: UnsafeMutablePointer<Int32>
  let arrays: UnsafeMutablePointer<VerdictProgram.ArrayPlan>
  let contains: UnsafeMutablePointer<VerdictProgram.Contains>
  let objects: UnsafeMutablePointer<VerdictProgram.ObjectPlan>
  let keyTables: UnsafeMutablePointer<Table>
  let dispatches: UnsafeMutablePointer<VerdictProgram.Dispatch>
  let unknownKeyRules: UnsafeMutablePointer<VerdictProgram.UnknownKeyRule>
  let patternRules: UnsafeMutablePointer<VerdictProgram.PatternRule>
  let numbers: UnsafeMutablePointer<ExactNumber>
  let formats: UnsafeMutablePointer<Format>
  let patterns: UnsafeMutablePointer<Unmanaged<Pattern>>
  let values: UnsafeMutablePointer<Value>
  private let entries: UnsafeMutablePointer<Entry>
  private let slots: UnsafeMutablePointer<UInt32>
  private let keyBytes: UnsafeMutablePointer<UInt8>
  private let nameBytes: UnsafeMutablePointer<UInt8>
  private let nameEnds: [Int]
  /// Keeps patterns and values alive.
  let program: VerdictProgram
  let schemas: [SchemaNode]

  /// A key table at fixed addresses.
  struct Table {
    var entries: UnsafeMutablePointer<Entry>
    var slots: UnsafeMutablePointer<UInt32>
    /// One less than the number of slots; -1 for no keys.
    var mask: Int
  }

  struct Entry {
    var head: UInt64
    var tail: UInt64
    var length: Int
    var bit: UInt64
    var bytes: UnsafeMutablePointer<UInt8>
    var node: Int32
    var checksName: Bool
  }

  /// A value of `const` or `enum`.
  struct Value {
    var tape: JSONTape
    var index: Int
  }

  init(_ program: VerdictProgram, _ schemas: [SchemaNode]) {
    self.program = program
    self.schemas = schemas
    nodes = allocated(program.nodes)
    steps = allocated(program.steps)
    lists = allocated(program.lists)
    arrays = allocated(program.arrays)
    contains = allocated(program.contains)
    unknownKeyRules = allocated(program.unknownKeyRules)
    patternRules = allocated(program.patternRules)
    numbers = allocated(program.numbers)
    formats = allocated(program.formats)
    patterns = allocated(program.patterns.map(Unmanaged.passUnretained))
    values = allocated(program.values.map { Value(tape: $0.document.tape, index: $0.index) })
    nameBytes = allocated(program.names.flatMap { $0 })
    nameEnds = program.names.reduce(into: [0]) { ends, name in ends.append(ends[ends.count - 1] + name.count) }
    let keys = program.keyTables.flatMap(\.entries)
    keyBytes = allocated(keys.flatMap(\.key.bytes))
    var keyStart = keyBytes
    entries = allocated(
      keys.map { entry in
        let key = entry.key
        defer { keyStart += key.bytes.count }
        return Entry(
          head: entry.head, tail: entry.tail, length: key.bytes.count, bit: key.bit, bytes: keyStart, node: key.node,
          checksName: key.checksName)
      })
    slots = allocated(program.keyTables.flatMap(\.slots))
    var (entry, slot) = (entries, slots)
    keyTables = allocated(
      program.keyTables.map { table in
        defer {
          entry += table.entries.count
          slot += table.slots.count
        }
        return Table(entries: entry, slots: slot, mask: table.slots.count - 1)
      })
    objects = allocated(program.objects)
    dispatches = allocated(program.dispatches)
  }

  deinit {
    nodes.deallocate()
    steps.deallocate()
    lists.deallocate()
    arrays.deallocate()
    contains.deallocate()
    objects.deallocate()
    keyTables.deallocate()
    dispatches.deallocate()
    unknownKeyRules.deallocate()
    patternRules.deallocate()
    numbers.deallocate()
    formats.deallocate()
    patterns.deallocate()
    values.deallocate()
    entries.deallocate()
    slots.deallocate()
    keyBytes.deallocate()
    nameBytes.deallocate()
  }

  /// A key by its number.
  func name(_ number: Int32) -> UnsafeBufferPointer<UInt8> {
    let start = nameEnds[Int(number)]
    return UnsafeBufferPointer(start: nameBytes + start, count: nameEnds[Int(number) + 1] - start)
  }
}

/// Values at a fixed address, to be deallocated by the caller.
func allocated<Value>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
  let pointer = UnsafeMutablePointer<Value>.allocate(capacity: max(1, values.count))
  pointer.initialize(from: values, count: values.count)
  return pointer
}

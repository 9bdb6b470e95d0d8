/// A value of a field table, with RabbitMQ's set of types.
public enum AMQPValue: Sendable, Equatable {
  /// Text, as UTF-8.
  case string(String)
  /// Bytes that need be no text.
  case bytes([UInt8])
  /// True or false.
  case bool(Bool)
  /// A signed integer of 8 bits.
  case int8(Int8)
  /// A signed integer of 16 bits.
  case int16(Int16)
  /// A signed integer of 32 bits.
  case int32(Int32)
  /// RabbitMQ reads unsigned 64-bit integers as signed ones, so there is no case for them.
  case int64(Int64)
  /// An unsigned integer of 8 bits.
  case uint8(UInt8)
  /// An unsigned integer of 16 bits.
  case uint16(UInt16)
  /// An unsigned integer of 32 bits.
  case uint32(UInt32)
  /// A floating-point number of 32 bits.
  case float(Float)
  /// A floating-point number of 64 bits.
  case double(Double)
  /// `value` with its decimal point moved `scale` places to the left.
  case decimal(scale: UInt8, value: UInt32)
  /// Seconds since 1970.
  case timestamp(UInt64)
  /// A table inside the table.
  case table(AMQPTable)
  /// Values of any types in order.
  case array([AMQPValue])
  /// No value.
  case void

  /// The text of a string, or of bytes that are UTF-8.
  public var text: String? {
    switch self {
    case .string(let text): text
    case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
    default: nil
    }
  }

  /// The number of any integer type.
  public var integer: Int64? {
    switch self {
    case .int8(let number): Int64(number)
    case .int16(let number): Int64(number)
    case .int32(let number): Int64(number)
    case .int64(let number): number
    case .uint8(let number): Int64(number)
    case .uint16(let number): Int64(number)
    case .uint32(let number): Int64(number)
    default: nil
    }
  }
}

extension AMQPValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A `.string`.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A `.bool`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An `.int64`.
  public init(integerLiteral value: Int64) { self = .int64(value) }
  /// A `.double`.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// An `.array`.
  public init(arrayLiteral elements: AMQPValue...) { self = .array(elements) }
  /// A `.table`.
  public init(dictionaryLiteral elements: (String, AMQPValue)...) { self = .table(AMQPTable(elements)) }
}

/// A field table: named values in the order in which they are written. Two tables are equal when they hold the same
/// names with the same values, in any order.
public struct AMQPTable: Sendable {
  /// How deep tables and arrays may be nested, the outermost counted: for what we send and for what we accept.
  public static let maximumDepth = 8
  /// How many values a received table may hold, at all depths together.
  public static let maximumEntries = 256

  var entries: [(key: String, value: AMQPValue)]

  /// An empty table.
  public init() { entries = [] }

  /// Takes names and values in order; a name that comes again replaces the value before.
  public init(_ elements: some Sequence<(String, AMQPValue)>) {
    entries = []
    for (key, value) in elements { self[key] = value }
  }

  /// For what the decoder read: the first of equal names is the one that a look-up finds.
  init(decoded entries: [(key: String, value: AMQPValue)]) { self.entries = entries }

  /// The value of that name; setting nil removes it.
  public subscript(_ key: String) -> AMQPValue? {
    get { entries.first { $0.key == key }?.value }
    set {
      let index = entries.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): entries[index].value = value
      case (let index?, nil): entries.remove(at: index)
      case (nil, let value?): entries.append((key, value))
      case (nil, nil): break
      }
    }
  }
}

extension AMQPTable: RandomAccessCollection, ExpressibleByDictionaryLiteral, Equatable {
  /// A table of the names and values in order; a name that comes again replaces the value before.
  public init(dictionaryLiteral elements: (String, AMQPValue)...) { self.init(elements) }

  /// The place of the first entry.
  public var startIndex: Int { 0 }
  /// The place behind the last entry.
  public var endIndex: Int { entries.count }
  /// The entry at that place, in the order in which it is written.
  public subscript(position: Int) -> (key: String, value: AMQPValue) { entries[position] }

  /// Equal names with equal values, in any order.
  public static func == (left: AMQPTable, right: AMQPTable) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
      && right.allSatisfy { left[$0.key] == $0.value }
  }
}

/// A value of a field table, with RabbitMQ's set of types.
public enum AMQPValue: Sendable, Equatable {
  case string(String)
  case bytes([UInt8])
  case bool(Bool)
  case int8(Int8)
  case int16(Int16)
  case int32(Int32)
  /// RabbitMQ reads unsigned 64-bit integers as signed ones, so there is no case for them.
  case int64(Int64)
  case uint8(UInt8)
  case uint16(UInt16)
  case uint32(UInt32)
  case float(Float)
  case double(Double)
  /// `value` with its decimal point moved `scale` places to the left.
  case decimal(scale: UInt8, value: UInt32)
  /// Seconds since 1970.
  case timestamp(UInt64)
  case table(AMQPTable)
  case array([AMQPValue])
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
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .int64(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(arrayLiteral elements: AMQPValue...) { self = .array(elements) }
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
  public init(dictionaryLiteral elements: (String, AMQPValue)...) { self.init(elements) }

  public var startIndex: Int { 0 }
  public var endIndex: Int { entries.count }
  public subscript(position: Int) -> (key: String, value: AMQPValue) { entries[position] }

  public static func == (left: AMQPTable, right: AMQPTable) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
      && right.allSatisfy { left[$0.key] == $0.value }
  }
}

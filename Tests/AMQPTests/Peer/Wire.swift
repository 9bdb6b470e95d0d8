@testable import AMQP

/// AMQP as a broker writes it, byte by byte: independent of the code under test.
enum Wire {
  static func u16(_ number: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
  }
  static func u32(_ number: Int) -> [UInt8] { u16(number >> 16) + u16(number) }
  static func u64(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
  }
  static func short(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
  static func long(_ bytes: [UInt8]) -> [UInt8] { u32(bytes.count) + bytes }

  /// An entry of a table with an empty name and no value.
  static let voidEntry: [UInt8] = short("v") + Array("V".utf8)

  /// Tables in tables, `levels` deep, written from the inside out.
  static func nested(_ levels: Int) -> [UInt8] {
    nested(levels) { $0 > 1 ? short("t") + Array("F".utf8) : [] }
  }

  /// Arrays in arrays in one table.
  static func nestedArrays(_ levels: Int) -> [UInt8] {
    nested(levels) { $0 == levels ? short("t") + Array("A".utf8) : $0 > 1 ? Array("A".utf8) : [] }
  }

  /// The lengths of all levels are computed first: writing from the inside out would be quadratic.
  private static func nested(_ levels: Int, _ opening: (Int) -> [UInt8]) -> [UInt8] {
    var lengths = [0]
    for level in 2...levels { lengths.append(lengths.last! + 4 + opening(level).count) }
    var bytes: [UInt8] = []
    for level in stride(from: levels, through: 1, by: -1) {
      bytes += u32(lengths[level - 1]) + (level > 1 ? opening(level) : [])
    }
    return bytes
  }

  static let everyKind: AMQPTable = [
    "string": "text", "bytes": .bytes([0, 255, 1]), "true": true, "false": false, "int8": .int8(-1),
    "int16": .int16(-2), "int32": .int32(-3), "int64": .int64(.min), "uint8": .uint8(255), "uint16": .uint16(65_535),
    "uint32": .uint32(.max), "float": .float(0.5), "double": .double(-1e300),
    "decimal": .decimal(scale: 2, value: 12_345),
    "timestamp": .timestamp(1_764_000_000), "table": ["inner": ["deeper": "x"]], "array": [1, "two", [true]],
    "void": .void, "empty": "", "no bytes": .bytes([]), "empty table": .table([:]), "empty array": .array([]),
    "ünï": "ço∂é",
  ]

  // MARK: Frames

  static func frame(_ type: UInt8, _ channel: Int, _ payload: [UInt8]) -> [UInt8] {
    [type] + u16(channel) + long(payload) + [0xCE]
  }

  static func method(_ channel: Int, _ classID: Int, _ methodID: Int, _ arguments: [UInt8] = []) -> [UInt8] {
    frame(1, channel, u16(classID) + u16(methodID) + arguments)
  }

  static func start(mechanisms: String = "PLAIN AMQPLAIN") -> [UInt8] {
    method(0, 10, 10, [0, 9] + [0, 0, 0, 0] + long(Array(mechanisms.utf8)) + long(Array("en_US".utf8)))
  }

  static func tune(channelMax: Int = 2047, frameMax: Int = 131_072, heartbeat: Int = 60) -> [UInt8] {
    method(0, 10, 30, u16(channelMax) + u32(frameMax) + u16(heartbeat))
  }

  static let openOk = method(0, 10, 41, short(""))
  static let blocked = method(0, 10, 60, short("low on memory"))
  static let unblocked = method(0, 10, 61)
  static let closeOk = method(0, 10, 51)

  static func close(_ code: Int, _ text: String) -> [UInt8] { method(0, 10, 50, u16(code) + short(text) + u32(0)) }
  static func channelOpenOk(_ channel: Int = 1) -> [UInt8] { method(channel, 20, 11, long([])) }
  static func channelClose(_ code: Int, _ text: String, _ channel: Int = 1) -> [UInt8] {
    method(channel, 20, 40, u16(code) + short(text) + u32(0))
  }
  static func confirmSelectOk(_ channel: Int = 1) -> [UInt8] { method(channel, 85, 11) }
  static func qosOk(_ channel: Int = 1) -> [UInt8] { method(channel, 60, 11) }
  static func consumeOk(_ tag: String = "c", _ channel: Int = 1) -> [UInt8] { method(channel, 60, 21, short(tag)) }
  static func cancel(_ tag: String = "c", _ channel: Int = 1) -> [UInt8] { method(channel, 60, 30, short(tag) + [0]) }

  static func ack(_ tag: UInt64, multiple: Bool = false, _ channel: Int = 1) -> [UInt8] {
    method(channel, 60, 80, u64(tag) + [multiple ? 1 : 0])
  }
  static func nack(_ tag: UInt64, _ channel: Int = 1) -> [UInt8] { method(channel, 60, 120, u64(tag) + [0]) }

  static func deliver(_ tag: UInt64, _ channel: Int = 1) -> [UInt8] {
    method(channel, 60, 60, short("c") + u64(tag) + [0] + short("exchange") + short("key"))
  }
  static func returned(key: String, messageID: String, _ channel: Int = 1) -> [UInt8] {
    method(channel, 60, 50, u16(312) + short("NO_ROUTE") + short("") + short(key))
      + frame(2, channel, contentHeader(size: 0, headers: [0, 0, 0, 0], messageID: messageID))
  }

  /// A header frame's payload with content type, headers and message-id.
  static func contentHeader(size: UInt64, headers: [UInt8], messageID: String) -> [UInt8] {
    u16(60) + u16(0) + u64(size) + u16(0x8000 | 0x2000 | 0x0080) + short("text/plain") + headers + short(messageID)
  }
  static func header(size: UInt64, headers: [UInt8] = [0, 0, 0, 0], _ channel: Int = 1) -> [UInt8] {
    frame(2, channel, contentHeader(size: size, headers: headers, messageID: "m"))
  }
  static func body(_ bytes: [UInt8], _ channel: Int = 1) -> [UInt8] { frame(3, channel, bytes) }
  static func message(_ tag: UInt64, _ body: [UInt8]) -> [UInt8] {
    deliver(tag) + header(size: UInt64(body.count)) + (body.isEmpty ? [] : self.body(body))
  }
}

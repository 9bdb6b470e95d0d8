import Testing

@testable import AMQP

@Suite struct TableScanTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var finding: TableScan.Finding
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "no length", bytes: [], finding: .malformed),
    Case(name: "a length cut short", bytes: [0, 0, 0], finding: .malformed),
    Case(name: "a table longer than its bytes", bytes: [0, 0, 0, 5, 1], finding: .malformed),
    Case(name: "a name that leaves the table", bytes: Wire.long([200, 1]), finding: .malformed),
    Case(name: "a name without a value", bytes: Wire.long(Wire.short("a")), finding: .malformed),
    Case(name: "an unknown type", bytes: Wire.long(Wire.short("a") + Array("?".utf8)), finding: .malformed),
    Case(name: "a number cut short", bytes: Wire.long(Wire.short("a") + Array("l1234567".utf8)), finding: .malformed),
    Case(name: "text without a length", bytes: Wire.long(Wire.short("a") + Array("S123".utf8)), finding: .malformed),
    Case(
      name: "text longer than its table", bytes: Wire.long(Wire.short("a") + Array("S".utf8) + [255, 255, 255, 255]),
      finding: .malformed),
    Case(
      name: "a table longer than the one around it",
      bytes: Wire.long(Wire.short("a") + Array("F".utf8) + [0, 0, 0, 9] + Wire.short("b") + Array("V".utf8)),
      finding: .malformed),
    Case(name: "one level too many", bytes: Wire.nested(AMQPTable.maximumDepth + 1), finding: .tooDeep),
    Case(name: "100,000 levels", bytes: Wire.nested(100_000), finding: .tooDeep),
    Case(name: "100,000 levels of arrays", bytes: Wire.nestedArrays(100_000), finding: .tooDeep),
    Case(
      name: "257 entries", bytes: Wire.long(Array(repeating: Wire.voidEntry, count: 257).flatMap(\.self)),
      finding: .tooMany),
    Case(name: "empty", bytes: [0, 0, 0, 0], finding: .safe(end: 4)),
    Case(
      name: "256 entries", bytes: Wire.long(Array(repeating: Wire.voidEntry, count: 256).flatMap(\.self)),
      finding: .safe(end: 4 + 256 * 3)),
    Case(
      name: "as deep as allowed", bytes: Wire.nested(AMQPTable.maximumDepth),
      finding: .safe(end: Wire.nested(AMQPTable.maximumDepth).count)),
    Case(name: "bytes behind the table are not its own", bytes: [0, 0, 0, 0, 99, 99], finding: .safe(end: 4)),
  ]

  @Test(arguments: cases) func `a table is judged before it is decoded`(_ table: Case) {
    #expect(table.bytes.withUnsafeBytes { TableScan.scan($0) } == table.finding)
  }
}

import Testing

@testable import AMQP

@Suite struct FrameSplitterTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var step: FrameSplitter.Step
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "nothing", bytes: [], step: .incomplete),
    Case(name: "six bytes of a header", bytes: [1, 0, 0, 0, 0, 0], step: .incomplete),
    Case(name: "a payload that has not come", bytes: [1, 0, 0, 0, 0, 0, 4, 1, 2], step: .incomplete),
    Case(name: "all but the end octet", bytes: [8, 0, 0, 0, 0, 0, 0], step: .incomplete),
    Case(
      name: "a wrong end octet", bytes: [8, 0, 0, 0, 0, 0, 0, 0xCD],
      step: .violation("a frame that does not end with the end octet")),
    Case(name: "an unknown type", bytes: [9, 0, 0, 0, 0, 0, 0], step: .violation("a frame of unknown type 9")),
    Case(
      name: "longer than agreed", bytes: [3, 0, 1, 0, 0, 0x0F, 0xF9],
      step: .violation("a frame of 4089 bytes, longer than the 4096 agreed")),
    Case(
      name: "4 GiB", bytes: [3, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF],
      step: .violation("a frame of 4294967295 bytes, longer than the 4096 agreed")),
    Case(
      name: "a heartbeat", bytes: [8, 0, 0, 0, 0, 0, 0, 0xCE],
      step: .frame(.init(kind: .heartbeat, channel: 0, payload: 7..<7))),
    Case(
      name: "a body and the beginning of another", bytes: [3, 1, 2, 0, 0, 0, 2, 9, 9, 0xCE, 3, 0],
      step: .frame(.init(kind: .body, channel: 258, payload: 7..<9))),
  ]

  @Test(arguments: cases) func `a frame is found or refused`(_ item: Case) {
    #expect(item.bytes.withUnsafeBytes { FrameSplitter().next(in: $0, at: 0) } == item.step)
  }

  @Test func `frames lie one behind the other`() {
    let bytes: [UInt8] = [8, 0, 0, 0, 0, 0, 0, 0xCE, 3, 0, 1, 0, 0, 0, 1, 7, 0xCE]
    let step = bytes.withUnsafeBytes { FrameSplitter().next(in: $0, at: 8) }
    #expect(step == .frame(.init(kind: .body, channel: 1, payload: 15..<16)))
  }

  /// A body frame of that many bytes.
  private static func bodyFrame(_ count: Int, last: UInt8 = 0xCE) -> [UInt8] {
    [3, 0, 7, 0, 0, UInt8(count >> 8), UInt8(count & 255)] + (0..<count).map { UInt8($0 % 251) } + [last]
  }

  /// What is taken of the bytes when they come in steps of that size; nil where it is a violation.
  private static func pieces(_ bytes: [UInt8], step: Int) -> [UInt8]? {
    var splitter = FrameSplitter()
    var taken: [UInt8] = []
    var kept: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      kept += bytes[start..<min(bytes.count, start + step)]
      while case let next = kept.withUnsafeBytes({ splitter.nextPiece(in: $0, at: 0) }), next != .none {
        guard case .piece(let piece) = next, piece.channel == 7 else { return nil }
        taken += kept[piece.payload]
        kept.removeFirst(piece.end)
      }
    }
    return kept.isEmpty ? taken : nil
  }

  @Test(arguments: [1, 2, 7, 8, 1000, 2048, 2055, 2056]) func `a large body is taken in pieces as it comes`(_ step: Int)
  {
    let frame = Self.bodyFrame(2048)
    #expect(Self.pieces(frame, step: step) == Array(frame[7..<2055]))
    #expect(Self.pieces(Self.bodyFrame(2048, last: 0), step: step) == nil)
  }

  @Test func `a small body frame, and one longer than agreed, is not taken in pieces`() {
    var splitter = FrameSplitter()
    #expect(Self.bodyFrame(2047)[..<100].withUnsafeBytes { splitter.nextPiece(in: $0, at: 0) } == .none)
    #expect(Self.bodyFrame(4089)[..<100].withUnsafeBytes { splitter.nextPiece(in: $0, at: 0) } == .none)
    #expect(splitter.begun == nil)
  }

  @Test func `the short way takes a whole delivery, and leaves everything else to the long one`() throws {
    let whole = Wire.message(9, [1, 2, 3])
    func delivery(_ bytes: [UInt8]) -> FrameSplitter.Delivery? {
      bytes.withUnsafeBytes { FrameSplitter.delivery(in: $0, at: 0, frameMax: 4096) }
    }
    let found = try #require(delivery(whole + [1, 2]))
    #expect(found.tag == 9)
    #expect(!found.redelivered)
    #expect(Array(whole[found.exchange]) == Array("exchange".utf8))
    #expect(Array(whole[found.routingKey]) == Array("key".utf8))
    #expect(Array(whole[found.body]) == [1, 2, 3])
    #expect(found.end == whole.count)
    for length in 0..<whole.count { #expect(delivery(Array(whole[..<length])) == nil) }
    // Arguments that say they are longer than their frame.
    for place in [11, 13 + 9, 13 + 9 + 9] {
      var broken = whole
      broken[place] = 255
      #expect(delivery(broken) == nil)
    }
    #expect(delivery(Wire.ack(1) + whole) == nil)
    let empty = Wire.message(1, [])
    #expect(delivery(empty)?.end == empty.count)
  }
}

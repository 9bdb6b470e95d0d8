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
}

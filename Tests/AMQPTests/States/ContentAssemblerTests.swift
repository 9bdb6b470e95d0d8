import Crypto
import Testing

@testable import AMQP

@Suite struct ContentAssemblerTests {
  private let carrier = ContentAssembler.Carrier.delivery(
    .init(deliveryTag: 1, redelivered: false, exchange: "e", routingKey: "k"))
  private let returned = ContentAssembler.Carrier.returned(
    .init(replyCode: 312, replyText: "NO_ROUTE", exchange: "e", routingKey: "k"))

  private func header(_ size: UInt64) -> ContentHeader {
    ContentHeader(bodySize: size, properties: AMQPProperties(), malformed: false)
  }

  private func body(_ assembler: inout ContentAssembler, _ bytes: [UInt8]) -> ContentAssembler.Step {
    bytes.withUnsafeBytes { assembler.body($0) }
  }

  @Test func `an empty body is whole with its header`() {
    var assembler = ContentAssembler()
    #expect(assembler.begin(carrier) == .more)
    #expect(
      assembler.header(header(0), maximumBodyBytes: 10)
        == .complete(.init(carrier: carrier, header: header(0), body: [])))
    #expect(assembler.isIdle)
  }

  @Test func `a body in pieces is put together with room behind it`() throws {
    var assembler = ContentAssembler()
    _ = assembler.begin(carrier)
    #expect(assembler.header(header(5), maximumBodyBytes: 5) == .more)
    #expect(body(&assembler, [1, 2]) == .more)
    #expect(body(&assembler, []) == .more)
    guard case .complete(let content) = body(&assembler, [3, 4, 5]) else {
      Issue.record("not complete")
      return
    }
    #expect(content.body == [1, 2, 3, 4, 5])
    #expect(content.body.capacity >= 5 + ContentAssembler.slack)
  }

  @Test func `one byte too many is a violation`() {
    var assembler = ContentAssembler()
    _ = assembler.begin(carrier)
    _ = assembler.header(header(1), maximumBodyBytes: 5)
    #expect(body(&assembler, [1, 2]) == .violation("a body is longer than announced"))
  }

  @Test func `a body over the limit is counted and hashed, and not kept`() {
    var assembler = ContentAssembler()
    _ = assembler.begin(carrier)
    _ = assembler.header(header(6), maximumBodyBytes: 5)
    #expect(
      body(&assembler, [1, 2, 3, 4, 5, 6])
        == .complete(
          .init(
            carrier: carrier, header: header(6), body: [],
            oversizeDigest: Array(SHA256.hash(data: [1, 2, 3, 4, 5, 6] as [UInt8])))))
  }

  @Test func `a returned body is not kept and not oversize`() {
    var assembler = ContentAssembler()
    _ = assembler.begin(returned)
    _ = assembler.header(header(2), maximumBodyBytes: 5)
    #expect(
      body(&assembler, [1, 2]) == .complete(.init(carrier: returned, header: header(2), body: [])))
  }

  @Test func `what comes out of turn is a violation`() {
    var assembler = ContentAssembler()
    #expect(assembler.header(header(0), maximumBodyBytes: 5) == .violation("a content header came out of turn"))
    #expect(body(&assembler, [1]) == .violation("a body came out of turn"))
    _ = assembler.begin(carrier)
    #expect(assembler.begin(carrier) == .violation("a message began before the one before it was whole"))
    #expect(body(&assembler, [1]) == .violation("a body came out of turn"))
  }
}

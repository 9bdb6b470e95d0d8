import Testing

@testable import AMQP

@Suite struct `The address of a broker` {
  @Test(arguments: ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"])
  func `is this machine's`(_ text: String) throws {
    #expect(try #require(SocketAddress(numeric: text, port: 5672)).isLoopback)
  }

  @Test(arguments: [
    "128.0.0.1", "10.0.0.127", "0.0.0.0", "::", "::2", "1::1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1",
  ])
  func `is another's`(_ text: String) throws {
    #expect(try !#require(SocketAddress(numeric: text, port: 5672)).isLoopback)
  }

  @Test func `is neither where it is cut off`() {
    #expect(!SocketAddress(family: 2, bytes: [2, 0, 0]).isLoopback)
    #expect(!SocketAddress(family: 10, bytes: []).isLoopback)
  }
}

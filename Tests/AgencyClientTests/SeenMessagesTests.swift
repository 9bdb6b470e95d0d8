import Contract
import Testing

@testable import AMQP
@testable import AgencyClient

@Suite struct SeenMessagesTests {
  private let folder = Folder()

  private func message(_ id: String?, _ revision: Int64 = 1) -> InboxMessage {
    .test(id: id, revision: revision)
  }

  @Test func `id and revision are recognised, over a restart`() async throws {
    let seen = try SeenMessages(folder: folder.path, capacity: 10)
    try await seen.insert(message("a"))
    try await seen.insert(message("b", 2))
    try await seen.sync()
    let again = try SeenMessages(folder: folder.path, capacity: 10)
    for seen in [seen, again] {
      #expect(await seen.contains(message("a")))
      #expect(await !seen.contains(message("a", 2)))
      #expect(await seen.contains(message("b", 2)))
      #expect(await !seen.contains(message("b")))
    }
  }

  @Test func `a message without an id is never recognised`() async throws {
    let seen = try SeenMessages(folder: nil, capacity: 10)
    try await seen.insert(message(nil))
    #expect(await !seen.contains(message(nil)))
  }

  @Test func `a line cut short by a crash is left out, the others hold`() async throws {
    let seen = try SeenMessages(folder: folder.path, capacity: 10)
    try await seen.insert(message("a"))
    try await seen.sync()
    try folder.put("b", as: "seen-messages")
    let again = try SeenMessages(folder: folder.path, capacity: 10)
    #expect(await again.contains(message("a")))
    try await again.insert(message("c"))
    try await again.sync()
    #expect(try folder.text("seen-messages") == "a 1\nc 1\n")
  }

  @Test func `the newest are remembered, and the file stays small`() async throws {
    let seen = try SeenMessages(folder: folder.path, capacity: 5)
    for number in 0..<100 {
      try await seen.insert(message("m\(number)"))
      try await seen.sync()
      #expect(try folder.text("seen-messages").split(separator: "\n").count <= 11)
    }
    let again = try SeenMessages(folder: folder.path, capacity: 5)
    for seen in [seen, again] {
      for number in 0..<100 { #expect(await seen.contains(message("m\(number)")) == (number >= 95)) }
    }
  }

  @Test func `an id with line breaks or slashes is one word`() async throws {
    let hostile = "../a\nb 1\n.."
    #expect(SafeName.of(hostile) == "%2e./a".replacing("/", with: "%2f") + "%0ab%201%0a..")
    let seen = try SeenMessages(folder: folder.path, capacity: 5)
    try await seen.insert(message(hostile))
    try await seen.sync()
    let again = try SeenMessages(folder: folder.path, capacity: 5)
    #expect(await again.contains(message(hostile)))
    #expect(await !again.contains(message("b")))
  }
}

extension InboxMessage {
  /// A message as it comes from an inbox.
  static func test(
    id: String?, revision: Int64 = 1, body: String = "{}", headers: AMQPTable = [:], contentType: String? = nil
  ) -> InboxMessage {
    var headers = headers
    headers["entente-revision"] = .int64(revision)
    let delivery = AMQPDelivery(
      deliveryTag: 1, redelivered: false, exchange: "", routingKey: "",
      properties: AMQPProperties(
        contentType: contentType, headers: headers, messageID: id, timestamp: 1_764_000_000, type: "stix/indicators"),
      body: Array(body.utf8), malformedHeaders: false, oversize: nil, channelSerial: 0, heldBytes: 0)
    return InboxMessage(delivery, lane: .threat)
  }
}

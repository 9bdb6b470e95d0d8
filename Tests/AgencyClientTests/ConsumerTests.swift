import AMQP
import Broker
import BrokerTestSupport
import Contract
import Synchronization
import Testing

@testable import AgencyClient

@Suite(.timeLimit(.minutes(10))) struct ConsumerTests {
  /// What a handler saw.
  private final class Seen: Sendable {
    private let all = Mutex<[String]>([])
    var list: [String] { all.withLock { $0 } }

    /// How often it was there before.
    @discardableResult
    func add(_ message: InboxMessage) -> Int {
      let key = "\(message.messageID ?? "-")/\(message.revision)"
      return all.withLock { all in
        all.append(key)
        return all.count { $0 == key } - 1
      }
    }
  }

  private struct Trouble: Error {}

  private func consumer(
    _ exchange: Exchange, memory: String? = nil, lanes: [Lane] = Lane.allCases, handler: @escaping Consumer.Handler
  ) throws -> Consumer {
    try Consumer(
      .init(broker: exchange.broker, lanes: lanes, memoryFolder: memory, backoff: Exchange.backoff),
      logger: Exchange.logger, handler: handler)
  }

  @Test func `a missing inbox ends the service with the broker's words`() async throws {
    try await Exchange.with { exchange in
      try await exchange.hub.openChannel().deleteQueue(QueueNames.inbox(.incident))
      let consumer = try consumer(exchange) { _ in }
      let error = await #expect(throws: AgencyClientError.self) { try await consumer.run() }
      #expect(error?.code == .configuration)
      #expect(error?.message.contains("inbox.incident") == true)
    }
  }

  @Test func `a message whose handler fails is tried again, and acknowledged only then`() async throws {
    try await Exchange.with { exchange in
      let seen = Seen()
      let consumer = try consumer(exchange) { message in
        if seen.add(message) < 3 { throw Trouble() }
      }
      try await exchange.deliver("a")
      try await running(consumer) { _ in
        try await eventually("the fourth try") { seen.list.count == 4 }
      }
      #expect(seen.list == ["a/1", "a/1", "a/1", "a/1"])
      #expect(try await exchange.waiting(QueueNames.inbox(.threat)) == 0)
    }
  }

  @Test func `a message in work when the task is cancelled comes again`() async throws {
    try await Exchange.with { exchange in
      let seen = Seen()
      let first = try consumer(exchange) { message in
        seen.add(message)
        try await Task.sleep(for: .seconds(1000))
      }
      try await exchange.deliver("a")
      let run = Task { try await first.run() }
      try await eventually("it is in work") { seen.list.count == 1 }
      run.cancel()
      _ = await run.result
      try await running(try consumer(exchange) { seen.add($0) }) { _ in
        try await eventually("it came again") { seen.list.count == 2 }
      }
    }
  }

  @Test func `repeats are recognised, also after a restart; another revision is none`() async throws {
    try await Exchange.with { exchange in
      let folder = Folder()
      let seen = Seen()
      for id in ["a", "a", "b"] { try await exchange.deliver(id) }
      try await exchange.deliver("a", 2)
      try await running(try consumer(exchange, memory: folder.path) { seen.add($0) }) { _ in
        try await eventually("all are handled") { seen.list.count == 3 }
      }
      #expect(seen.list == ["a/1", "b/1", "a/2"])
      for id in ["b", "a", "c"] { try await exchange.deliver(id) }
      try await running(try consumer(exchange, memory: folder.path) { seen.add($0) }) { _ in
        try await eventually("the new one is handled") { seen.list.count == 4 }
      }
      #expect(seen.list.last == "c/1")
      #expect(try await exchange.waiting(QueueNames.inbox(.threat)) == 0)
    }
  }

  @Test func `messages are written into a folder`() async throws {
    try await Exchange.with { exchange in
      let folder = Folder()
      try await exchange.deliver("a", 1, "{\"a\":1}")
      try await exchange.deliver("b", 1, "{\"b\":1}", lane: .incident)
      let consumer = try Consumer(
        .init(broker: exchange.broker, backoff: Exchange.backoff), logger: Exchange.logger, folder: folder.path)
      try await running(consumer) { _ in
        try await eventually("both are there") { try folder.files().count == 4 }
      }
      #expect(try folder.text("a.r1.json") == "{\"a\":1}")
      #expect(try folder.text("b.r1.meta").contains("\"lane\":\"incident\""))
      for lane in Lane.allCases { #expect(try await exchange.waiting(QueueNames.inbox(lane)) == 0) }
    }
  }

  @Test func `only the lanes asked for are taken`() async throws {
    try await Exchange.with { exchange in
      let seen = Seen()
      try await exchange.deliver("t")
      try await exchange.deliver("i", lane: .incident)
      try await running(try consumer(exchange, lanes: [.incident]) { seen.add($0) }) { _ in
        try await eventually("it came") { !seen.list.isEmpty }
      }
      #expect(seen.list == ["i/1"])
      #expect(try await exchange.waiting(QueueNames.inbox(.threat)) == 1)
    }
  }

  @Test func `a cut connection is no end, and nothing is handled twice`() async throws {
    try await Exchange.with { exchange in
      let seen = Seen()
      try await running(try consumer(exchange) { seen.add($0) }) { _ in
        try await exchange.deliver("a")
        try await eventually("the first") { seen.list.count == 1 }
        try await exchange.vhost.management.closeConnections(of: exchange.vhost.user)
        let hub = Exchange(vhost: exchange.vhost, hub: try await AMQPConnection.connect(exchange.broker))
        defer { hub.hub.abort() }
        try await hub.deliver("b")
        try await hub.deliver("a")
        try await hub.deliver("c")
        try await eventually("the third") { seen.list.count == 3 }
      }
      #expect(seen.list == ["a/1", "b/1", "c/1"])
    }
  }

  @Test func `a graceful shutdown ends after the message in work and gives the rest back`() async throws {
    try await Exchange.with { exchange in
      let seen = Seen()
      for number in 0..<50 { try await exchange.deliver("m\(number)") }
      try await running(
        try consumer(exchange) { message in
          seen.add(message)
          try await Task.sleep(for: .milliseconds(20))
        }
      ) { _ in
        try await eventually("some are handled") { seen.list.count > 2 }
      }
      let handled = seen.list.count
      #expect(handled < 50)
      try await eventually("the rest is back") {
        try await exchange.waiting(QueueNames.inbox(.threat)) == 50 - handled
      }
    }
  }
}

import Synchronization
import Testing

@testable import AMQP

/// A broker that lives and leaves publishes of a channel without an answer, as RabbitMQ does after a leader's death.
@Suite(.timeLimit(.minutes(10))) struct LateConfirmTests {
  /// Seconds: time enough for the answers that are to come before it, on a busy machine too.
  private static let deadline = 4.0

  /// What a peer got, message after message: the channel and the message-id.
  private final class Published: Sendable {
    private let names = Mutex<[String]>([])
    var all: [String] { names.withLock { $0 } }

    /// Reads until `count` messages have come whose ids are among `ids`.
    func take(_ count: Int, of ids: [String], _ talk: Peer.Talk) throws {
      for _ in 0..<count {
        var header = try talk.frame()
        while header.kind != 2 { header = try talk.frame() }
        let id = ids.first { header.payload.contains(Wire.short($0)) } ?? "?"
        names.withLock { $0.append("\(header.channel) \(id)") }
      }
    }
  }

  private func publish(_ ids: [String]) -> [AMQPPublisher.Publish] {
    ids.map { .init(AMQPMessage(properties: .init(messageID: $0), body: []), exchange: "", routingKey: "k") }
  }

  /// The next channel opens and the one before is closed, in whatever order.
  private static func changeChannel(_ talk: Peer.Talk, from old: Int, saying last: [UInt8] = []) throws {
    try talk.await(20, 40)
    // Late words on the old channel, in the middle of its end, are of no consequence.
    try talk.send(last)
    try talk.await(85, 10)
    try talk.send(Wire.channelOpenOk(old + 1) + Wire.confirmSelectOk(old + 1))
  }

  /// Refuses one message after the other until the client changes from the first channel to the second.
  private static func refuseAll(_ talk: Peer.Talk) throws {
    var refused: UInt64 = 0
    var frame = try talk.frame()
    while frame.kind != 1 || !frame.payload.starts(with: [0, 20, 0, 40]) {
      if frame.kind == 2 {
        refused += 1
        try talk.send(Wire.nack(refused))
      }
      frame = try talk.frame()
    }
    try talk.await(85, 10)
    try talk.send(Wire.channelOpenOk(2) + Wire.confirmSelectOk(2))
  }

  /// A peer that refuses whatever comes over the first channel and confirms what comes over the second.
  private static func refusingPeer() -> Peer {
    Peer { talk in
      try talk.takePublisher()
      try refuseAll(talk)
      try Published().take(1, of: [], talk)
      try talk.send(Wire.method(1, 20, 41) + Wire.ack(1, 2))
      talk.awaitEnd()
    }
  }

  /// Publishes until something is confirmed: all before it was refused, and that was more than a few.
  private func checkRefusals(_ send: ([AMQPPublisher.Publish]) async throws -> [PublishResult]) async throws {
    var answers: [PublishResult] = []
    while answers.last != .confirmed {
      answers += try await send(publish(["message-a"]))
      #expect(answers.dropLast().allSatisfy { $0 == .nacked })
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(answers.count > 5)
  }

  @Test func `a channel without answers is given up, and what it published goes over another, in order`() async throws {
    let ids = ["message-a", "message-b", "message-c"]
    let published = Published()
    let peer = Peer { talk in
      try talk.takePublisher()
      try published.take(3, of: ids, talk)
      try talk.send(Wire.ack(2))
      try Self.changeChannel(talk, from: 1, saying: Wire.ack(1) + Wire.nack(3))
      try published.take(2, of: ids, talk)
      // Both again, under the numbers of the new channel; the old one says its last words only now.
      try talk.send(Wire.ack(3) + Wire.method(1, 20, 41) + Wire.ack(2, multiple: true, 2))
      talk.awaitEnd()
    }
    try await withClient(peer.configuration) { client in
      let publisher = client.publisher(confirmTimeoutSeconds: Self.deadline)
      let results = try await publisher.publish(batch: publish(ids))
      #expect(results == [.confirmed, .confirmed, .confirmed])
      #expect(published.all == ["1 message-a", "1 message-b", "1 message-c", "2 message-a", "2 message-c"])
      #expect(client.isConnected)
    }
  }

  @Test func `so is one that takes nothing for long, and what it refused is answered as refused`() async throws {
    let peer = Self.refusingPeer()
    try await withClient(peer.configuration) { client in
      let publisher = client.publisher()
      try await checkRefusals { try await publisher.publish(batch: $0) }
      #expect(client.isConnected)
    }
  }

  @Test func `a steady publisher changes to another channel of its connection too`() async throws {
    let peer = Self.refusingPeer()
    let connection = try await AMQPConnection.connect(peer.configuration)
    let publisher = try await connection.openSteadyPublisher()
    try await checkRefusals { try await publisher.publish(batch: $0) }
    #expect(connection.isOpen)
    connection.abort()
  }

  @Test func `what is published meanwhile goes behind what is sent again`() async throws {
    let ids = ["message-a", "message-b"]
    let published = Published()
    let peer = Peer { talk in
      try talk.takePublisher()
      try published.take(1, of: ids, talk)
      try Self.changeChannel(talk, from: 1)
      try published.take(1, of: ids, talk)
      try talk.send(Wire.method(1, 20, 41) + Wire.ack(1, 2))
      try published.take(1, of: ids, talk)
      try talk.send(Wire.ack(2, 2))
      talk.awaitEnd()
    }
    try await withClient(peer.configuration) { client in
      let publisher = client.publisher(window: 1, confirmTimeoutSeconds: Self.deadline)
      async let first = publisher.publish(batch: publish(["message-a"]))
      try await until { published.all.count == 1 }
      async let second = publisher.publish(batch: publish(["message-b"]))
      let results = (try await first, try await second)
      #expect(results == ([.confirmed], [.confirmed]))
      #expect(published.all == ["1 message-a", "2 message-a", "2 message-b"])
    }
  }

  @Test func `what has no answer in time on two channels cannot be known; the next has a third`() async throws {
    let ids = ["message-a", "message-b"]
    let published = Published()
    let peer = Peer { talk in
      try talk.takePublisher()
      try published.take(1, of: ids, talk)
      try Self.changeChannel(talk, from: 1)
      // An end of a channel is answered, for a connection on which none is is given up; its number is free again.
      try talk.send(Wire.method(1, 20, 41))
      try published.take(1, of: ids, talk)
      try talk.await(20, 40)
      try talk.await(85, 10)
      try talk.send(Wire.channelOpenOk(1) + Wire.confirmSelectOk(1) + Wire.method(2, 20, 41))
      try published.take(1, of: ids, talk)
      try talk.send(Wire.ack(1, 1))
      talk.awaitEnd()
    }
    try await withClient(peer.configuration) { client in
      let publisher = client.publisher(confirmTimeoutSeconds: Self.deadline)
      let results = try await publisher.publish(batch: publish(["message-a"]))
      guard case .indeterminate(let error) = results[0] else {
        Issue.record("it has an answer: \(results)")
        return
      }
      #expect(error.code == .timeout)
      let next = try await publisher.publish(batch: publish(["message-b"]))
      #expect(next == [.confirmed])
      #expect(published.all == ["1 message-a", "2 message-a", "1 message-b"])
    }
  }
}

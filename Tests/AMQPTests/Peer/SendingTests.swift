import Synchronization
import Testing

@testable import AMQP

/// Publishing in two halves, and what waits to be written meanwhile.
@Suite(.timeLimit(.minutes(10))) struct SendingTests {
  private func publish(_ body: [UInt8]) -> AMQPPublisher.Publish {
    .init(AMQPMessage(body: body), exchange: "", routingKey: "k")
  }

  @Test func `what was sent is answered later, as often as it is asked for`() async throws {
    let isSent = Atomic(false)
    let peer = Peer { talk in
      try talk.takePublisher()
      for _ in 0..<3 { try talk.await(60, 40) }
      while !isSent.load(ordering: .sequentiallyConsistent) { rest() }
      try talk.send(Wire.nack(2) + Wire.ack(3, multiple: true))
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    let publisher = try await connection.openPublisher()
    let first = try await publisher.send(batch: [publish([1]), publish([2])])
    let second = try await publisher.send(batch: [publish([3])])
    isSent.store(true, ordering: .sequentiallyConsistent)
    async let here = first.results()
    async let there = first.results()
    #expect(await here == [.confirmed, .nacked])
    #expect(await there == [.confirmed, .nacked])
    #expect(await first.results() == [.confirmed, .nacked])
    #expect(await second.results() == [.confirmed])
    #expect(try await publisher.send(batch: []).results() == [])
    connection.abort()
  }

  @Test func `a peer that reads nothing holds publishes back before they fill the memory`() async throws {
    let mayRead = Atomic(false)
    let peer = Peer { talk in
      try talk.takePublisher()
      while !mayRead.load(ordering: .sequentiallyConsistent) { rest() }
      for tag in 1...64 as ClosedRange<UInt64> {
        try talk.await(60, 40)
        try talk.send(Wire.ack(tag))
      }
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    let publisher = try await connection.openPublisher(windowBytes: 1 << 30)
    let sent = Atomic(0)
    let body = [UInt8](repeating: 1, count: 1 << 20)
    let all = Task {
      var answers: [AMQPPublisher.Answers] = []
      for _ in 0..<64 {
        answers.append(try await publisher.send(batch: [publish(body)]))
        sent.add(1, ordering: .sequentiallyConsistent)
      }
      var results: [PublishResult] = []
      for answer in answers { results += await answer.results() }
      return results
    }
    try await until { connection.state.withLock { $0.channels.contains { ($0?.publisher?.waiters.count ?? 0) > 0 } } }
    let waiting = connection.state.withLock { $0.unwritten + $0.outgoing.count }
    #expect(waiting < ConnectionState.mostUnwritten + 2 * body.count)
    #expect(sent.load(ordering: .sequentiallyConsistent) < 64)
    mayRead.store(true, ordering: .sequentiallyConsistent)
    #expect(try await all.value == Array(repeating: .confirmed, count: 64))
    connection.abort()
  }

  @Test func `a task that waits for the peer to read can be cancelled, and the connection goes on`() async throws {
    let mayRead = Atomic(false)
    let peer = Peer { talk in
      try talk.takePublisher()
      while !mayRead.load(ordering: .sequentiallyConsistent) { rest() }
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    let publisher = try await connection.openPublisher(windowBytes: 1 << 30)
    let body = [UInt8](repeating: 1, count: 1 << 20)
    let all = Task {
      while true { _ = try await publisher.send(batch: [publish(body)]) }
    }
    try await until { connection.state.withLock { $0.channels.contains { ($0?.publisher?.waiters.count ?? 0) > 0 } } }
    all.cancel()
    let error = await #expect(throws: AMQPError.self) { try await all.value }
    #expect(error?.code == .cancelled)
    #expect(connection.isOpen)
    mayRead.store(true, ordering: .sequentiallyConsistent)
    try await until { connection.state.withLock { $0.unwritten + $0.outgoing.count } == 0 }
    connection.abort()
  }
}

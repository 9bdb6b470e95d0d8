import Glibc
import Synchronization
import Testing

@testable import AMQP

/// Deadlines of a process that stood still: here a loop's thread does, held by another connection. The loop is not the one
/// of all other tests.
@Suite(.timeLimit(.minutes(10))) struct DeadlineTests {
  @Test func `a confirm that came in time is not late because nobody looked`() async throws {
    let other = Peer { talk in
      try talk.logIn()
      talk.awaitEnd()
    }
    let loop = EventLoop()
    let holding = try await AMQPConnection.connect(other.configuration, loop: loop)
    let peer = Peer { talk in
      try talk.takePublisher()
      try talk.await(60, 40)
      try holding.socket.withLock { _ in
        holding.requestTurn()
        usleep(100_000)
        try talk.send(Wire.ack(1))
        // Until the deadline has passed.
        usleep(5_200_000)
      }
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration, loop: loop)
    let publisher = try await connection.openPublisher(confirmTimeoutSeconds: 5)
    let result = try await publisher.publish(AMQPMessage(body: []), exchange: "", routingKey: "k")
    #expect(result == .confirmed)
    connection.abort()
    holding.abort()
  }
}

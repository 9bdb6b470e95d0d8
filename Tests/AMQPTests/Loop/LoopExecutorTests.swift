import Glibc
import Testing

@testable import AMQP

@Suite(.timeLimit(.minutes(10))) struct LoopExecutorTests {
  private static func thread() -> UInt { UInt(pthread_self()) }

  @Test func `a task on the connections' thread stays there over its waits`() async throws {
    let peer = Peer { talk in
      try talk.takeConsumer()
      for tag in 1...3 as ClosedRange<UInt64> {
        try talk.send(Wire.message(tag, [UInt8(tag)]))
        _ = try talk.await(60, 80)
      }
      talk.awaitEnd()
    }
    let connection = try await AMQPConnection.connect(peer.configuration)
    let consumer = try await connection.openConsumer(queue: "q", prefetch: 1)
    let threads = try await withTaskExecutorPreference(AMQPConnection.loopExecutor) {
      var threads = [Self.thread()]
      for number in 1...3 as ClosedRange<UInt8> {
        let batch = try await consumer.nextBatch()
        #expect(batch?.map(\.body) == [[number]])
        consumer.acknowledge(batch ?? [])
        threads.append(Self.thread())
      }
      return threads
    }
    #expect(Set(threads).count == 1)
    connection.abort()
  }

  @Test func `it is woken from other threads, while other tasks wait there`() async {
    let waiting = (0..<20).map { _ in OneShot<Int>() }
    let sum = await withTaskGroup(of: Int.self) { group in
      for one in waiting {
        group.addTask(executorPreference: AMQPConnection.loopExecutor) { await one.value {} }
      }
      for (number, one) in waiting.enumerated() {
        group.addTask { one.give(number) ? 0 : 1000 }
      }
      return await group.reduce(0, +)
    }
    #expect(sum == 190)
  }
}

import AMQP
import Glibc

/// One piece of work by our client in a process of its own, as the C program does it.
struct Worker {
  enum Work: String, CaseIterable {
    case publish, relay, consume
  }

  var configuration: AMQPConfiguration
  var work: Work
  var queue: String
  var count: Int
  var size: Int
  /// Its tasks run on Swift's own threads; else on that of the connections, so that there is one thread as in the C
  /// program.
  var isPooled: Bool

  static let window = 1024
  static let prefetch = 512
  /// As many bytes as a window of the largest messages has: the C program counts messages only.
  static let windowBytes = 1 << 30
  /// All bytes of a body.
  static let fill: UInt8 = 120
  /// So many messages are handled together: fewer where they are large, so that a batch stays in the processor's reach.
  private func together(_ most: Int) -> Int { max(1, min(most, (4 << 20) / max(1, size))) }

  /// Arguments as of the C program: port, user, password, work (perhaps with `+pool`), queue, count, size and perhaps a CA
  /// file.
  init?(_ arguments: ArraySlice<String>) {
    let words = Array(arguments)
    guard words.count >= 7, let port = UInt16(words[0]),
      let work = Work(rawValue: words[3].replacing("+pool", with: "")),
      let count = Int(words[5]), let size = Int(words[6])
    else { return nil }
    configuration = AMQPConfiguration(
      host: "localhost", port: port, username: words[1], password: words[2], heartbeatSeconds: 60,
      tls: words.count > 7 ? AMQPTLS(trust: .file(words[7])) : nil)
    // The C program has no bound but the prefetch: ours is kept account of and never reached.
    configuration.byteBudget = AMQPByteBudget(bytes: 1 << 30)
    isPooled = words[3].hasSuffix("+pool")
    (self.work, self.queue, self.count, self.size) = (work, words[4], count, size)
  }

  /// Does the work; prints messages, seconds and CPU seconds.
  func run() async throws {
    let connection = try await AMQPConnection.connect(configuration)
    // Publishing and consuming have connections of their own, as we ask of programs; those of the C program too.
    let second = work == .relay ? try await AMQPConnection.connect(configuration) : connection
    let begin = ContinuousClock.now
    let used = Self.cpuSeconds()
    let executor: any TaskExecutor = isPooled ? globalConcurrentExecutor : AMQPConnection.loopExecutor
    try await withTaskExecutorPreference(executor) {
      switch work {
      case .publish: try await publish(connection)
      case .relay: try await relay(from: connection, to: second)
      case .consume: try await consume(connection)
      }
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    print(count, seconds, Self.cpuSeconds() - used)
    await connection.close()
    await second.close()
  }

  private func message(_ number: Int, _ body: [UInt8]) -> AMQPMessage {
    AMQPMessage(properties: AMQPProperties(messageID: String(number)), body: body)
  }

  /// Batches that overlap, so that the window stays full.
  private func publish(_ connection: AMQPConnection) async throws {
    let publisher = try await connection.openPublisher(window: Self.window, windowBytes: Self.windowBytes)
    let body = [UInt8](repeating: Self.fill, count: size)
    let step = together(256)
    try await withThrowingTaskGroup(of: Void.self) { group in
      var next = 0
      func add() {
        guard next < count else { return }
        let range = next..<min(count, next + step)
        next = range.upperBound
        group.addTask {
          let batch = range.map {
            AMQPPublisher.Publish(message($0, body), exchange: "", routingKey: queue)
          }
          let results = try await publisher.publish(batch: batch)
          try checkConfirmed(results)
        }
      }
      for _ in 0..<min(2 * Self.window / step, 32) { add() }
      while try await group.next() != nil { add() }
    }
  }

  private func consume(_ connection: AMQPConnection) async throws {
    let consumer = try await connection.openConsumer(queue: queue, prefetch: Self.prefetch)
    var left = count
    while left > 0, let batch = try await consumer.nextBatch(max: together(256)) {
      try check(batch)
      consumer.acknowledge(batch)
      left -= batch.count
    }
  }

  private func relay(from source: AMQPConnection, to target: AMQPConnection) async throws {
    let consumer = try await source.openConsumer(queue: queue, prefetch: Self.prefetch)
    let publisher = try await target.openPublisher(window: Self.window, windowBytes: Self.windowBytes)
    let out = queue + ".out"
    try await withThrowingDiscardingTaskGroup { group in
      var taken = 0
      while taken < count, var batch = try await consumer.nextBatch(max: together(128)) {
        try check(batch)
        let answers = try await publisher.send(
          batch: batch.enumerated().map { index, delivery in
            .init(message(taken + index, delivery.body), exchange: "", routingKey: out)
          })
        taken += batch.count
        // Only the tags are needed any more.
        for index in batch.indices { batch[index].body = [] }
        group.addTask { [batch] in
          try checkConfirmed(await answers.results())
          consumer.acknowledge(batch)
        }
      }
    }
  }

  private func checkConfirmed(_ results: [PublishResult]) throws {
    if let other = results.first(where: { $0 != .confirmed }) { throw NotConfirmed(result: other) }
  }

  /// What came is what was published, as far as the C program looks: its size, and the bytes at both ends.
  private func check(_ batch: [AMQPDelivery]) throws {
    for delivery in batch {
      guard delivery.body.count == size, delivery.body.first == Self.fill, delivery.body.last == Self.fill else {
        throw WrongBody()
      }
    }
  }

  struct NotConfirmed: Error { var result: PublishResult }
  struct WrongBody: Error {}

  static func cpuSeconds() -> Double {
    var use = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &use)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(use.ru_utime) + seconds(use.ru_stime)
  }
}

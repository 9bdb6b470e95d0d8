import AMQP
import Contract
import Foundation
import Synchronization

/// How long an early warning takes from its outbox to its inbox, while the threat lane is busy.
struct Latency {
  let ground: Ground
  let flow: Flow

  /// Milliseconds that half, 99 % and 99.9 % of the warnings did not exceed.
  struct Figures {
    let p50: Double
    let p99: Double
    let p999: Double
    let count: Int
  }

  private static let warningsPerSecond = 100.0

  /// - Parameter load: messages a second on the threat lane, of 1 KiB.
  func measure(fanOut: Int, load: Double, seconds: Double, begin first: Int) async throws -> Figures {
    let sender = Ground.sender(fanOut)
    try await flow.awaitConsumer(of: sender)
    let times = Times()
    let reader = try await AMQPConnection.connect(ground.broker(of: Ground.recipients[0]))
    let consumer = try await reader.openConsumer(queue: QueueNames.inbox(.incident), prefetch: 256)
    let reading = Task {
      while let batch = try await consumer.nextBatch() {
        for delivery in batch { times.note(arrivalOf: Papers.number(ofWarning: delivery.body)) }
        consumer.acknowledge(batch)
      }
    }
    let end = ContinuousClock.now + .seconds(seconds)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await publishThreats(sender, load, until: end, first) }
      group.addTask { try await publishWarnings(sender, until: end, first, times) }
      try await group.waitForAll()
    }
    try await eventually("every warning has come") { times.areAllHere }
    // The threat lane runs dry before anything else is measured.
    try await eventually("the outbox of \(sender) is empty") {
      try await flow.count(QueueNames.intake(.threat), of: sender) == 0
    }
    reading.cancel()
    await reader.close()
    try await Task.sleep(for: .milliseconds(500))
    try await flow.clear(fanOut: fanOut)
    let sorted = times.taken.sorted()
    func share(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
    return Figures(p50: share(0.5), p99: share(0.99), p999: share(0.999), count: sorted.count)
  }

  private func publishWarnings(
    _ sender: String, until end: ContinuousClock.Instant, _ first: Int, _ times: Times
  ) async throws {
    let publisher = try await AMQPConnection.connect(ground.broker(of: sender)).openPublisher(window: 256)
    var number = first
    let begin = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      while ContinuousClock.now < end {
        try await Task.sleep(until: begin + .seconds(Double(number - first) / Self.warningsPerSecond))
        let message = AMQPMessage(
          properties: AMQPProperties(contentType: "application/json", messageID: "w-\(number)"),
          body: Papers.warning(number))
        times.note(departureOf: number)
        group.addTask {
          _ = try await publisher.publish(message, exchange: ExchangeNames.outbox, routingKey: "incident")
        }
        number += 1
      }
      try await group.waitForAll()
    }
  }

  private func publishThreats(
    _ sender: String, _ load: Double, until end: ContinuousClock.Instant, _ first: Int
  ) async throws {
    let publisher = try await AMQPConnection.connect(ground.broker(of: sender)).openPublisher(window: 1024)
    let begin = ContinuousClock.now
    var number = 0
    while ContinuousClock.now < end {
      let due = Int((ContinuousClock.now - begin) / .seconds(1) * load)
      if due > number {
        let batch = (number..<due).map { index in
          AMQPPublisher.Publish(
            AMQPMessage(
              properties: AMQPProperties(contentType: "application/stix+json", messageID: "t-\(first)-\(index)"),
              body: Papers.stix(first + index, bytes: 1024)), exchange: ExchangeNames.outbox, routingKey: "threat")
        }
        _ = try await publisher.publish(batch: batch)
        number = due
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}

/// When warnings went out, and how long they took.
private final class Times: Sendable {
  private struct State {
    var sent: [Int: ContinuousClock.Instant] = [:]
    var taken: [Double] = []
  }

  private let state = Mutex(State())

  /// Milliseconds, in the order in which they came.
  var taken: [Double] { state.withLock { $0.taken } }
  var areAllHere: Bool { state.withLock { $0.sent.isEmpty } }

  func note(departureOf number: Int) {
    let now = ContinuousClock.now
    state.withLock { $0.sent[number] = now }
  }

  func note(arrivalOf number: Int?) {
    let now = ContinuousClock.now
    state.withLock { state in
      guard let number, let begun = state.sent.removeValue(forKey: number) else { return }
      state.taken.append((now - begun) / .milliseconds(1))
    }
  }
}

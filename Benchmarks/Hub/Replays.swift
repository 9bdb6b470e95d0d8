import AMQP
import Contract
import Foundation
import Hub
import Ledger

/// How fast a running hub replays history to an agency that lost what it had, and how its memory grows meanwhile.
struct Replays {
  let ground: Ground
  let flow: Flow

  private static let chunk = 20_000
  private static let recipient = Ground.recipients[0]

  func measure(_ count: Int, begin first: Int) async throws {
    let hub = try Party(["hub", ground.folder])
    defer { hub.end() }
    for start in stride(from: 0, to: count, by: Self.chunk) {
      _ = try await flow.measure(
        hub, fanOut: 1, count: min(Self.chunk, count - start), bytes: 1024, begin: first + start + start / 100)
    }
    let home = try HubHome.open(folder: ground.folder)
    do {
      try await replay(count, of: hub, ReplayDesk(home, operator: "benchmark"))
    } catch {
      await home.ledger.close()
      throw error
    }
    await home.ledger.close()
  }

  private func replay(_ count: Int, of hub: Party, _ desk: ReplayDesk) async throws {
    let targets = try await desk.targets(HistoryFilter(states: [.delivered], recipient: AgencyID(Self.recipient)))
      .suffix(count)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        let connection = try await AMQPConnection.connect(ground.broker(of: Self.recipient))
        let consumer = try await connection.openConsumer(queue: QueueNames.inbox(.threat), prefetch: 512)
        while let batch = try await consumer.nextBatch() {
          consumer.acknowledge(batch)
        }
      }
      let memory = hub.residentMebibytes
      var most = memory
      let (used, begun) = (hub.cpuSeconds, ContinuousClock.now)
      let job = try await desk.start(Array(targets), ReplayOrder(again: true, reason: "its disk was lost"))
      try await eventually("the replay is done", within: .seconds(600)) {
        most = max(most, hub.residentMebibytes)
        return try await desk.list(limit: 10).contains { $0.job.id == job && $0.job.state == .done }
      }
      let seconds = (ContinuousClock.now - begun) / .seconds(1)
      let rate = Double(targets.count) / seconds
      print(
        "\nreplay of \(targets.count) messages from history  \(Int(rate)) msg/s, CPU "
          + "\(Int((hub.cpuSeconds - used) / Double(targets.count) * 1e6)) us, memory \(memory) MiB before, "
          + "\(most) MiB at most")
      HubBenchmark.ratio("replay/1000-a-second", rate / 1000, "1 (must)")
      group.cancelAll()
    }
  }
}

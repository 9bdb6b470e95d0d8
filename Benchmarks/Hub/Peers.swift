import AMQP
import Broker
import Contract
import Foundation

/// Hops in Python over the same broker: they take a message from a queue, look into it, and pass it on.
struct Peers {
  private let ground: Ground
  private let python: String
  private let script: String

  /// Nil where there is no Python with them.
  init?(_ ground: Ground, _ options: HubBenchmark.Options) {
    guard let python = options.python, let script = options.script else {
      print("\nnot measured: the hops in Python, which are not installed")
      return nil
    }
    self.ground = ground
    self.python = python
    self.script = script
  }

  /// On queues of the kind that the hub takes from and delivers to, which keep what they confirm on the disk, and on
  /// those that such hops make for themselves.
  ///
  /// - Parameter hub: the hub's messages a second at fan-out 1.
  func measure(hub: Double) async throws {
    print("\nhops in Python, messages a second; the hub has \(Int(hub))")
    for kind in [AMQPChannel.QueueType.quorum, .classic] {
      for (name, count) in [("pika", 2000), ("intelmq", 2000)] {
        guard let rate = try await rate(of: name, kind, count: count) else { continue }
        print("\(name), \(kind.rawValue) queues  \(Int(rate))")
        HubBenchmark.ratio("hub/\(name)-hop-\(kind.rawValue)", hub / rate, kind == .quorum ? "40 (must 10)" : "none")
      }
    }
  }

  /// Nil where the peer says that it cannot.
  private func rate(of name: String, _ kind: AMQPChannel.QueueType, count: Int) async throws -> Double? {
    let connection = try await AMQPConnection.connect(ground.administrator)
    let channel = try await connection.openChannel()
    for queue in ["hop-in", "hop-out"] { try await channel.declareQueue(queue, type: kind) }
    let publisher = try await connection.openPublisher()
    let waiting = (0..<count).map { number in
      let body = name == "intelmq" ? Papers.intelMQ(number) : Papers.stix(number, bytes: 1024)
      return AMQPPublisher.Publish(AMQPMessage(body: body), exchange: "", routingKey: "hop-in")
    }
    _ = try await publisher.publish(batch: waiting)
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = [
      script, name, "\(ground.node.amqpPort)", ground.node.user, ground.node.password, "\(count)", kind.rawValue,
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    for queue in ["hop-in", "hop-out"] { _ = try await channel.deleteQueue(queue) }
    await connection.close()
    guard process.terminationStatus == 0, let seconds = text.split(separator: "\n").last.flatMap({ Double($0) }) else {
      print("\(name)  not measured: \(text.suffix(200))")
      return nil
    }
    return Double(count) / seconds
  }
}

import AMQP
import Glibc

/// Hundreds of connections of one process.
enum Many {
  static let all = 400
  static let active = 20

  /// Bytes of memory that one more idle connection takes, over `count` of them.
  static func idleBytes(_ configuration: AMQPConfiguration, count: Int) async throws -> Int {
    // What is paid once is paid before.
    var connections = try await open(configuration, 20)
    let before = residentBytes()
    connections += try await open(configuration, count)
    let after = residentBytes()
    for connection in connections { connection.abort() }
    return (after - before) / count
  }

  /// Has `count` idle connections until its input ends.
  static func hold(_ configuration: AMQPConfiguration, count: Int) async throws {
    let connections = try await open(configuration, count)
    print("held")
    fflush(nil)
    while readLine() != nil {}
    for connection in connections { connection.abort() }
  }

  /// Messages a second over `active` connections that publish with confirms, with `idle` others beside them.
  static func rate(_ configuration: AMQPConfiguration, idle: Int, count: Int) async throws -> Double {
    let others = try await open(configuration, idle)
    let connections = try await open(configuration, active)
    let setUp = try await connections[0].openChannel()
    for index in 0..<active { try await setUp.declareQueue("many.\(index)", type: .classic) }
    // The broker has first to be done with connections that came and went.
    try await Task.sleep(for: .seconds(3))
    let begin = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, connection) in connections.enumerated() {
        group.addTask {
          let publisher = try await connection.openPublisher()
          let message = AMQPMessage(body: [UInt8](repeating: 1, count: 1024))
          for _ in 0..<(count / active / 50) {
            let batch = (0..<50).map { _ in
              AMQPPublisher.Publish(message, exchange: "", routingKey: "many.\(index)")
            }
            _ = try await publisher.publish(batch: batch)
          }
        }
      }
      try await group.waitForAll()
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    for index in 0..<active { try await setUp.deleteQueue("many.\(index)") }
    for connection in others + connections { connection.abort() }
    return Double(count) / seconds
  }

  private static func open(_ configuration: AMQPConfiguration, _ count: Int) async throws -> [AMQPConnection] {
    var connections: [AMQPConnection] = []
    while connections.count < count {
      try await withThrowingTaskGroup(of: AMQPConnection.self) { group in
        for _ in 0..<min(50, count - connections.count) {
          group.addTask { try await AMQPConnection.connect(configuration) }
        }
        for try await connection in group { connections.append(connection) }
      }
    }
    return connections
  }

  static func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = fread(&buffer, 1, 255, file)
    let words = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
    return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * 4096
  }
}

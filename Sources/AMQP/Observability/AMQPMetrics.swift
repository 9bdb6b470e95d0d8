import Metrics

/// What a connection counts and measures, through swift-metrics.
///
/// The first three are those of the OpenTelemetry semantic conventions 1.36.0 for messaging, with their attributes; the
/// others have no name there and begin with `amqp.client`. Durations are recorded in nanoseconds, as swift-metrics has
/// it. Every metric bears `messaging.system`, `server.address` and `server.port`; nothing bears the name of a queue, of
/// which there may be thousands.
///
/// | metric | kind | meaning |
/// |---|---|---|
/// | `messaging.client.operation.duration` | timer | from a publish to the broker's answer; `messaging.operation.name` is `publish`, `error.type` is `nacked`, `unroutable` or `indeterminate` where it was not confirmed |
/// | `messaging.client.sent.messages` | counter | messages that we published |
/// | `messaging.client.consumed.messages` | counter | messages delivered to us |
/// | `amqp.client.unconfirmed` | gauge | publishes that wait for the broker's answer |
/// | `amqp.client.returned` | counter | messages that no queue took |
/// | `amqp.client.blocked` | timer | how long the broker blocked us, at the end of each block |
/// | `amqp.client.reconnects` | counter | connections made again after one was lost |
/// | `amqp.client.stale_acknowledgements` | counter | acknowledgements of an earlier connection, not sent |
final class AMQPMetrics: Sendable {
  enum Name {
    static let operationDuration = "messaging.client.operation.duration"
    static let sent = "messaging.client.sent.messages"
    static let consumed = "messaging.client.consumed.messages"
    static let unconfirmed = "amqp.client.unconfirmed"
    static let returned = "amqp.client.returned"
    static let blocked = "amqp.client.blocked"
    static let reconnects = "amqp.client.reconnects"
    static let stale = "amqp.client.stale_acknowledgements"
  }

  private let confirmed: Timer
  private let nacked: Timer
  private let unroutable: Timer
  private let indeterminate: Timer
  private let sentCounter: Counter
  private let consumedCounter: Counter
  private let unconfirmedGauge: Meter
  private let returnedCounter: Counter
  private let blockedTimer: Timer
  private let reconnectCounter: Counter
  private let staleCounter: Counter

  /// Nil where the program has set up no metrics: then nothing is spent on them.
  static func make(for endpoint: AMQPEndpoint) -> AMQPMetrics? {
    MetricsSystem.factory is NOOPMetricsHandler ? nil : AMQPMetrics(endpoint)
  }

  private init(_ endpoint: AMQPEndpoint) {
    let place = [
      ("messaging.system", "rabbitmq"), ("server.address", endpoint.host), ("server.port", "\(endpoint.port)"),
    ]
    func duration(_ error: String?) -> Timer {
      Timer(
        label: Name.operationDuration,
        dimensions: place + [("messaging.operation.name", "publish"), ("messaging.operation.type", "send")]
          + (error.map { [("error.type", $0)] } ?? []))
    }
    confirmed = duration(nil)
    nacked = duration("nacked")
    unroutable = duration("unroutable")
    indeterminate = duration("indeterminate")
    sentCounter = Counter(
      label: Name.sent, dimensions: place + [("messaging.operation.name", "publish")])
    consumedCounter = Counter(label: Name.consumed, dimensions: place + [("messaging.operation.name", "consume")])
    unconfirmedGauge = Meter(label: Name.unconfirmed, dimensions: place)
    returnedCounter = Counter(label: Name.returned, dimensions: place)
    blockedTimer = Timer(label: Name.blocked, dimensions: place)
    reconnectCounter = Counter(label: Name.reconnects, dimensions: place)
    staleCounter = Counter(label: Name.stale, dimensions: place)
  }

  /// The broker answered a publish, or will not any more.
  func answered(_ result: PublishResult, milliseconds: Int) {
    let timer =
      switch result {
      case .confirmed: confirmed
      case .nacked: nacked
      case .unroutable: unroutable
      case .indeterminate: indeterminate
      }
    timer.recordMilliseconds(milliseconds)
    if case .unroutable = result { returnedCounter.increment() }
    unconfirmedGauge.decrement()
  }

  func published() {
    sentCounter.increment()
    unconfirmedGauge.increment()
  }

  func consumed(_ count: Int) { consumedCounter.increment(by: count) }
  func unblocked(afterMilliseconds: Int) { blockedTimer.recordMilliseconds(afterMilliseconds) }
  func reconnected() { reconnectCounter.increment() }
  func droppedStaleAcknowledgements(_ count: Int) { staleCounter.increment(by: count) }
}

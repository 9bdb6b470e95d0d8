/// How far a consumer of a stream has come, so that it can go on there on another connection. For other queues it does
/// nothing: the broker keeps their place.
struct StreamPlace: Sendable, Equatable {
  static let key = "x-stream-offset"

  private let isStream: Bool
  /// Handed to the program and not settled.
  private var outstanding: Set<Int64> = []
  private var last: Int64?

  init(isStream: Bool) { self.isStream = isStream }

  mutating func handOut(_ deliveries: [AMQPDelivery]) {
    guard isStream else { return }
    for case let offset? in deliveries.map(Self.offset) {
      outstanding.insert(offset)
      last = max(last ?? offset, offset)
    }
  }

  mutating func settle(_ deliveries: some Sequence<AMQPDelivery>) {
    guard isStream else { return }
    for case let offset? in deliveries.map(Self.offset) { outstanding.remove(offset) }
  }

  /// A new consumer begins: what was outstanding comes again.
  mutating func restart() {
    guard let next else { return }
    outstanding = []
    last = next - 1
  }

  /// The arguments with the offset to go on at, once there is one.
  func applied(to arguments: AMQPTable) -> AMQPTable {
    guard let next else { return arguments }
    var arguments = arguments
    arguments[Self.key] = .int64(next)
    return arguments
  }

  private var next: Int64? { outstanding.min() ?? last.map { $0 + 1 } }

  private static func offset(_ delivery: AMQPDelivery) -> Int64? { delivery.properties.headers?[key]?.integer }
}

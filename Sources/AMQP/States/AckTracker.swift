/// Which deliveries of a consumer were acknowledged by the program, and which acks to send for them.
///
/// Acks are gathered and sent for a whole contiguous prefix at once; nothing is ever acknowledged that the program did
/// not acknowledge. Delivery tags count from 1 without gaps on a channel with one consumer.
struct AckTracker: Sendable {
  /// Acks wait until so many are there,
  static let batch = 64
  /// or so many milliseconds passed.
  static let delay = 5
  /// What was acknowledged behind a delivery that is still in work is acked singly after so many milliseconds.
  static let patience = 50

  struct Ack: Equatable {
    var deliveryTag: UInt64
    var multiple: Bool
  }

  private enum Slot {
    case outstanding
    /// Acknowledged by the program, and not sent yet.
    case acknowledged
    /// Rejected, or acked singly: the broker knows.
    case sent
  }

  private var slots = Ring<Slot>()
  private var first: UInt64 = 1
  /// Acknowledged and not sent.
  private(set) var pending = 0
  /// Delivered and not settled by the program.
  private(set) var outstanding = 0
  private var pendingSince: Int?

  /// Deliveries that the broker still counts against the prefetch, as far as we know.
  var unsettled: Int { outstanding + pending }

  /// A delivery came. False where its tag is not the next one.
  mutating func delivered(_ tag: UInt64) -> Bool {
    guard tag == first + UInt64(slots.count) else { return false }
    slots.append(.outstanding)
    outstanding += 1
    return true
  }

  /// The program acknowledged it. False where it is unknown or settled before: then nothing is sent.
  mutating func acknowledge(_ tag: UInt64, at now: Int) -> Bool {
    guard let index = index(of: tag), case .outstanding = slots[index] else { return false }
    slots[index] = .acknowledged
    outstanding -= 1
    pending += 1
    if pendingSince == nil { pendingSince = now }
    return true
  }

  /// The program acknowledged deliveries: the bytes of those that were not settled before, and how many of them are another
  /// channel's.
  mutating func acknowledge(
    _ deliveries: UnsafeBufferPointer<AMQPDelivery>, channelSerial: UInt64, at now: Int
  ) -> (heldBytes: Int, stale: Int) {
    var heldBytes = 0
    var stale = 0
    // In place: a copy of each delivery would count its references up and down.
    for index in deliveries.indices {
      if deliveries[index].channelSerial != channelSerial {
        stale += 1
      } else if acknowledge(deliveries[index].deliveryTag, at: now) {
        heldBytes += deliveries[index].heldBytes
      }
    }
    return (heldBytes, stale)
  }

  /// The program rejected it, which is sent at once. False as above.
  mutating func reject(_ tag: UInt64) -> Bool {
    guard let index = index(of: tag), case .outstanding = slots[index] else { return false }
    slots[index] = .sent
    outstanding -= 1
    return true
  }

  private func index(of tag: UInt64) -> Int? {
    guard tag >= first, tag < first + UInt64(slots.count) else { return nil }
    return Int(tag - first)
  }

  /// How many acks are sent together: fewer than `batch` where the prefetch is so small that the broker would wait.
  let together: Int

  /// With so many the broker may soon have nothing left that it may send.
  private let urgent: Int

  init(prefetch: Int = 512) {
    together = max(1, min(Self.batch, prefetch / 4))
    urgent = max(together, prefetch / 8)
  }

  /// True when there are enough acks to go out with whatever else is to be done. Fewer wait for `deadline`.
  var isDue: Bool { pending >= together }
  /// True when they shall go out now.
  var isUrgent: Bool { pending >= urgent }

  /// When `flush` is due at the latest; nil while nothing waits.
  var deadline: Int? {
    guard let pendingSince else { return nil }
    // What is stuck behind the head waits longer before it is acked one by one.
    if case .acknowledged = slots[0] { return pendingSince + Self.delay }
    if case .sent = slots[0] { return pendingSince + Self.delay }
    return pendingSince + Self.patience
  }

  /// The acks to send: one for the prefix that is settled, and single ones behind it when they waited too long or
  /// `everything` shall go.
  mutating func flush(at now: Int, everything: Bool = false) -> [Ack] {
    guard pending > 0 else { return [] }
    var acks: [Ack] = []
    var last: UInt64?
    var covered = 0
    while slots.count > 0 {
      if case .outstanding = slots[0] { break }
      if case .acknowledged = slots[0] {
        last = first
        covered += 1
      }
      _ = slots.popFirst()
      first += 1
    }
    if let last { acks.append(Ack(deliveryTag: last, multiple: covered > 1)) }
    pending -= covered
    let waitedTooLong = pendingSince.map { now >= $0 + Self.patience } ?? false
    if pending > 0, everything || waitedTooLong {
      for index in 0..<slots.count {
        guard case .acknowledged = slots[index] else { continue }
        slots[index] = .sent
        acks.append(Ack(deliveryTag: first + UInt64(index), multiple: false))
      }
      pending = 0
    }
    if pending == 0 { pendingSince = nil } else if covered > 0 { pendingSince = now }
    return acks
  }
}

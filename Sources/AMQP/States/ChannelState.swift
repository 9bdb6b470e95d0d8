import Synchronization

/// How a channel ended, told to the handle that the program holds; the channel's state itself is gone by then.
final class ChannelFate: Sendable {
  enum End: Sendable, Equatable {
    case byUs
    case failed(AMQPError)
  }

  private let end = Mutex<End?>(nil)

  var value: End? { end.withLock { $0 } }

  /// Sets the end; the first one stays.
  func set(_ value: End) { end.withLock { $0 = $0 ?? value } }

  /// The error of a call on a channel that has ended.
  var error: AMQPError {
    switch value {
    case .failed(let error): error
    case .byUs, nil: .channelClosed("the channel is closed")
    }
  }
}

/// What an answered call gives.
enum CallAnswer: Sendable {
  case method(InboundMethod)
  case got(AMQPDelivery, remaining: UInt32)
}

/// A call on a channel that waits for its answer; answers come in the order of the calls.
struct PendingCall {
  var reply: ReplyKind
  /// By the clock that stands still while the broker blocks us.
  var deadline: Int
  /// Nil where nobody waits.
  var answer: OneShot<Result<CallAnswer, AMQPError>>?
}

/// A channel's state.
final class ChannelState: @unchecked Sendable {
  // Lives inside its connection's lock and never leaves it: nothing is to be looked after at run time.

  let number: UInt16
  /// Unique in this process, so that a handle of an earlier channel with the same number finds nothing.
  let serial: UInt64
  let fate: ChannelFate
  /// Set once channel.close was sent: until it is answered, what arrives is discarded.
  @exclusivity(unchecked) var closingUntil: Int?
  @exclusivity(unchecked) var calls = Ring<PendingCall>()
  @exclusivity(unchecked) var content = ContentAssembler()
  @exclusivity(unchecked) var gotRemaining: UInt32 = 0
  @exclusivity(unchecked) var publisher: PublisherState?
  @exclusivity(unchecked) var consumer: ConsumerState?

  init(number: UInt16, serial: UInt64, fate: ChannelFate) {
    self.number = number
    self.serial = serial
    self.fate = fate
  }

  var isClosing: Bool { closingUntil != nil }
}

/// A channel in confirm mode.
final class PublisherState: @unchecked Sendable {
  // Lives inside its connection's lock and never leaves it: nothing is to be looked after at run time.

  /// A publish that waits for room in the window.
  struct Waiter {
    var id: UInt64
    var bytes: Int
    /// How many messages it has for the room that there is.
    var count: Int
    var gate: OneShot<Result<Void, AMQPError>>
  }

  let window: Int
  let windowBytes: Int
  let confirmTimeout: Int
  let failsWhenBlocked: Bool
  /// Whether the channel is given up with the first publish that has no answer in time, and where it takes none.
  let endsWhenStuck: Bool
  @exclusivity(unchecked) var confirms = ConfirmRing<PublishToken>()
  /// Room that was given to publishes which are not encoded yet.
  @exclusivity(unchecked) var reserved = 0
  @exclusivity(unchecked) var reservedBytes = 0
  @exclusivity(unchecked) var waiters = Ring<Waiter>()
  /// Since when the broker has nacked and confirmed nothing.
  @exclusivity(unchecked) private var refusedSince: Int?

  init(window: Int, windowBytes: Int, confirmTimeout: Int, failsWhenBlocked: Bool, endsWhenStuck: Bool = false) {
    self.window = window
    self.windowBytes = windowBytes
    self.confirmTimeout = confirmTimeout
    self.failsWhenBlocked = failsWhenBlocked
    self.endsWhenStuck = endsWhenStuck
  }

  /// With so many publishes without any answer the channel is given up.
  var isHopeless: Bool { confirms.late > (endsWhenStuck ? 0 : 16 * window) }

  /// Milliseconds of nothing but nacks, after which another channel is tried: a queue that is full will refuse there too.
  static let mostRefused = 5000

  /// The broker answered; whether the channel is to be left, since it has taken nothing for long.
  func note(positive: Bool, at now: Int) -> Bool {
    guard endsWhenStuck, !positive else {
      refusedSince = nil
      return false
    }
    let since = refusedSince ?? now
    refusedSince = since
    // What waits would have to be sent again, and may have its answer in a moment; but there is always something.
    return now - since >= (confirms.waiting == 0 ? Self.mostRefused : 2 * Self.mostRefused)
  }

  /// Whether those who wait are let in: not for every single message that was confirmed, since waking a task costs more
  /// than many messages.
  func hasRoomAgain(for bytes: Int) -> Bool {
    let messages = confirms.waiting + reserved
    return messages == 0
      || messages <= window - window / 8 && confirms.waitingBytes + reservedBytes <= windowBytes - windowBytes / 8
        && hasRoom(for: bytes)
  }

  /// Room for one more; a message larger than the window passes alone.
  func hasRoom(for bytes: Int) -> Bool {
    let messages = confirms.waiting + reserved
    return messages == 0 || (messages < window && confirms.waitingBytes + reservedBytes + bytes <= windowBytes)
  }
}

/// Who waits for a confirm.
struct PublishToken: Sendable {
  var answers: PublishAnswers
  var index: Int
  /// By the clock that stands still while the broker blocks us.
  var sentAt = 0
}

/// A channel with a consumer.
final class ConsumerState: @unchecked Sendable {
  // Lives inside its connection's lock and never leaves it: nothing is to be looked after at run time.

  struct Waiter {
    var id: UInt64
    var maximum: Int
    var batch: OneShot<Result<[AMQPDelivery]?, AMQPError>>
  }

  let tag: String
  let prefetch: Int
  @exclusivity(unchecked) var buffer = DeliveryBuffer()
  @exclusivity(unchecked) var acks: AckTracker
  @exclusivity(unchecked) var waiters: [Waiter] = []
  /// Bytes of deliveries that are not settled, counted only where there is a budget.
  @exclusivity(unchecked) var heldBytes = 0
  /// The loop's turn in which acks were last sent, and how many deliveries were settled in it.
  @exclusivity(unchecked) var turn: UInt = 0
  @exclusivity(unchecked) var settledInTurn = 0
  /// Set when no more deliveries will come: what is in the buffer is still handed out.
  @exclusivity(unchecked) var end: ChannelFate.End?

  init(tag: String, prefetch: Int) {
    self.tag = tag
    self.prefetch = prefetch
    acks = AckTracker(prefetch: prefetch)
  }

  /// Whether acknowledgements are to go out with what else there is to do.
  func owesAcks(at now: Int) -> Bool { acks.pending > 0 && (acks.isDue || now >= acks.deadline ?? Int.max) }

  /// A broker that sends more without an answer keeps to no prefetch.
  var mostUnsettled: Int { 2 * prefetch + 16 }
}

/// Deliveries that wait to be handed out. Mostly all of them are, and then none is moved.
struct DeliveryBuffer: Sendable {
  private var deliveries: [AMQPDelivery] = []
  /// How many there were the last time.
  private var expected = 0

  /// The bytes of their bodies.
  private(set) var bytes = 0

  var count: Int { deliveries.count }
  var isEmpty: Bool { deliveries.isEmpty }

  subscript(index: Int) -> AMQPDelivery { deliveries[index] }

  mutating func append(_ delivery: consuming AMQPDelivery) {
    if deliveries.capacity == 0 { deliveries.reserveCapacity(max(expected, 8)) }
    bytes += delivery.body.count
    deliveries.append(delivery)
  }

  /// Takes the oldest, at most `maximum`.
  mutating func take(_ maximum: Int) -> [AMQPDelivery] {
    guard maximum < deliveries.count else {
      expected = deliveries.count
      return removeAll()
    }
    defer { deliveries.removeFirst(maximum) }
    for index in 0..<maximum { bytes -= deliveries[index].body.count }
    return Array(deliveries[..<maximum])
  }

  mutating func removeAll() -> [AMQPDelivery] {
    var all: [AMQPDelivery] = []
    swap(&all, &deliveries)
    bytes = 0
    return all
  }
}

/// The publishes of one channel that wait for the broker's answer, by sequence number. `Token` is whoever waits.
///
/// Acks come in any order and for many at once; a return comes before the ack of the same message and bears no number,
/// so it is matched by exchange, routing key and message-id to the oldest publish it can be.
struct ConfirmRing<Token: Sendable>: Sendable {
  enum Answer: Equatable {
    case confirmed, nacked
    case unroutable(String)
    /// The deadline passed.
    case late
  }

  struct Publish: Sendable {
    var token: Token?
    var bytes: Int
    var publishedAt: Int
    var exchange: String
    var routingKey: String
    var messageID: String?
    /// Only a mandatory publish can be returned.
    var mandatory: Bool
    var returned: String?
    /// Answered by the broker, or given up; leaves the ring when it comes to the front.
    var isDone = false
    /// Given up by a deadline: the broker has still not answered.
    var isLate = false
  }

  private var slots = Ring<Publish>()
  /// The sequence number of the slot in front.
  private var first: UInt64 = 1
  /// Publishes that still wait for an answer.
  private(set) var waiting = 0
  /// Their bytes.
  private(set) var waitingBytes = 0
  /// Publishes that a deadline gave up and that the broker has not answered since.
  private(set) var late = 0

  /// Enters a publish; its sequence number.
  @discardableResult
  mutating func append(_ publish: Publish) -> UInt64 {
    slots.append(publish)
    waiting += 1
    waitingBytes += publish.bytes
    return first + UInt64(slots.count) - 1
  }

  /// The broker answered. False where it names a publish that was never sent, or answered before.
  mutating func answer(
    _ sequence: UInt64, multiple: Bool, positive: Bool, _ resolve: (Token?, Answer) -> Void
  ) -> Bool {
    let end = first + UInt64(slots.count)
    // 0 with multiple: everything sent so far.
    let last = sequence == 0 && multiple ? end - 1 : sequence
    guard last < end, last >= first || multiple else { return false }
    if multiple {
      while first <= last, let slot = slots.popFirst() {
        first += 1
        settle(slot, positive, resolve)
      }
    } else {
      let index = Int(last - first)
      guard !slots[index].isDone || slots[index].isLate else { return false }
      let slot = slots[index]
      slots[index].isDone = true
      slots[index].isLate = false
      slots[index].token = nil
      settle(slot, positive, resolve)
    }
    trim()
    return true
  }

  private mutating func settle(_ slot: Publish, _ positive: Bool, _ resolve: (Token?, Answer) -> Void) {
    if slot.isLate { late -= 1 }
    guard !slot.isDone else { return }
    waiting -= 1
    waitingBytes -= slot.bytes
    if let text = slot.returned, positive {
      resolve(slot.token, .unroutable(text))
    } else {
      resolve(slot.token, positive ? .confirmed : .nacked)
    }
  }

  private mutating func trim() {
    while slots.count > 0, slots[0].isDone, !slots[0].isLate {
      _ = slots.popFirst()
      first += 1
    }
  }

  /// The broker returned a message. False where no publish matches.
  mutating func returned(exchange: String, routingKey: String, messageID: String?, text: String) -> Bool {
    for index in 0..<slots.count {
      guard slots[index].mandatory, !slots[index].isDone || slots[index].isLate, slots[index].returned == nil,
        slots[index].messageID == messageID, slots[index].routingKey == routingKey, slots[index].exchange == exchange
      else { continue }
      slots[index].returned = text
      return true
    }
    return false
  }

  /// When the oldest waiting publish was sent.
  var oldest: Int? {
    for index in 0..<slots.count where !slots[index].isDone { return slots[index].publishedAt }
    return nil
  }

  /// Gives up the publishes sent at or before `time`.
  mutating func expire(sentUpTo time: Int, _ resolve: (Token?, Answer) -> Void) {
    for index in 0..<slots.count where !slots[index].isDone {
      guard slots[index].publishedAt <= time else { return }
      waiting -= 1
      waitingBytes -= slots[index].bytes
      late += 1
      slots[index].isDone = true
      slots[index].isLate = true
      resolve(slots[index].token.take(), .late)
    }
  }

  /// Nobody waits for this publish any more; it still counts until the broker answers. The token, if it was there.
  mutating func abandon(where matches: (Token) -> Bool) -> Token? {
    for index in 0..<slots.count {
      guard let token = slots[index].token, matches(token) else { continue }
      slots[index].token = nil
      return token
    }
    return nil
  }

  /// The channel is gone: whoever still waits, in order of publishing.
  mutating func removeAll() -> [Token] {
    let tokens = slots.removeAll().filter { !$0.isDone }.compactMap(\.token)
    waiting = 0
    waitingBytes = 0
    late = 0
    return tokens
  }
}

extension ConfirmRing<PublishToken> {
  mutating func append(_ publish: AMQPPublisher.Publish, _ token: PublishToken, _ bytes: Int, _ sentAt: Int) {
    var token = token
    token.sentAt = sentAt
    append(
      Publish(
        token: token, bytes: bytes, publishedAt: sentAt, exchange: publish.exchange, routingKey: publish.routingKey,
        messageID: publish.message.properties.messageID, mandatory: publish.mandatory))
  }
}

import AMQP

/// The messages that a producer has been given and the broker has not confirmed, in order. Those that are spooled are
/// read from the disk when their turn comes, so that a long outage costs no memory.
actor Outbox {
  /// What becomes of a message.
  typealias Answer = OneShot<Result<Void, AgencyClientError>>

  /// A message whose turn it is.
  struct Entry: Sendable {
    var number: UInt64
    var message: OutgoingMessage
  }

  private enum Place: Sendable {
    case memory(OutgoingMessage)
    case spool(String)
  }

  private struct Waiting: Sendable {
    var place: Place
    var answer: Answer
  }

  private var spool: Spool?
  private var waiting: [UInt64: Waiting] = [:]
  /// The oldest number that may still wait.
  private var oldest: UInt64 = 1
  private var nextNumber: UInt64 = 1
  private var signal: OneShot<Void>?
  private var isFinished = false

  /// Takes up what an earlier run left in the spool.
  init(spool: Spool?) throws(AgencyClientError) {
    self.spool = spool
    for name in try spool?.names() ?? [] {
      waiting[nextNumber] = Waiting(place: .spool(name), answer: Answer())
      nextNumber += 1
    }
  }

  var isEmpty: Bool { waiting.isEmpty }

  /// Takes a message; on the disk when this returns, where there is a spool and `spooled` is true.
  func add(_ message: OutgoingMessage, spooled: Bool = true) throws(AgencyClientError) -> Answer {
    let place: Place
    if spooled, let name = try spool?.add(message) { place = .spool(name) } else { place = .memory(message) }
    let answer = Answer()
    if isFinished {
      answer.give(.failure(Self.ended(place)))
      return answer
    }
    waiting[nextNumber] = Waiting(place: place, answer: answer)
    nextNumber += 1
    signal?.give(())
    signal = nil
    return answer
  }

  /// The oldest messages, at least one and at most so many and so many bytes; nil when the outbox is finished and
  /// empty, or the task is cancelled. They stay until they are settled.
  func next(_ count: Int, bytes: Int) async throws(AgencyClientError) -> [Entry]? {
    while true {
      let batch = try takeStock(count, bytes)
      if !batch.isEmpty { return batch }
      if isFinished || Task.isCancelled { return nil }
      let signal = OneShot<Void>()
      self.signal = signal
      await signal.value { signal.give(()) }
    }
  }

  private func takeStock(_ count: Int, _ bytes: Int) throws(AgencyClientError) -> [Entry] {
    while oldest < nextNumber, waiting[oldest] == nil { oldest += 1 }
    var batch: [Entry] = []
    var size = 0
    for number in oldest..<nextNumber {
      guard batch.count < count else { break }
      guard let entry = waiting[number], let message = try message(number, entry) else { continue }
      size += message.body.count
      if !batch.isEmpty, size > bytes { break }
      batch.append(Entry(number: number, message: message))
    }
    return batch
  }

  private func message(_ number: UInt64, _ entry: Waiting) throws(AgencyClientError) -> OutgoingMessage? {
    switch entry.place {
    case .memory(let message): return message
    case .spool(let name):
      if let message = try spool?.read(name) { return message }
      try refused(number, AgencyClientError(code: .refused, message: "This file is no message of the spool."))
      return nil
    }
  }

  /// The broker has confirmed it.
  func confirmed(_ number: UInt64) throws(AgencyClientError) {
    guard let entry = waiting.removeValue(forKey: number) else { return }
    entry.answer.give(.success(()))
    if case .spool(let name) = entry.place { try spool?.remove(name) }
  }

  /// The broker will never take it.
  func refused(_ number: UInt64, _ error: AgencyClientError) throws(AgencyClientError) {
    guard let entry = waiting.removeValue(forKey: number) else { return }
    entry.answer.give(.failure(error))
    if case .spool(let name) = entry.place { try spool?.refuse(name, reason: error.message) }
  }

  /// No more will come: what waits is still handed out.
  func finish() {
    isFinished = true
    signal?.give(())
    signal = nil
  }

  /// Nobody will send any more. Whoever waits is told; what is spooled stays there.
  func abandon(_ error: AgencyClientError? = nil) {
    finish()
    for entry in waiting.values { entry.answer.give(.failure(error ?? Self.ended(entry.place))) }
    waiting = [:]
  }

  private static func ended(_ place: Place) -> AgencyClientError {
    let kept = if case .spool = place { true } else { false }
    return AgencyClientError(
      code: .shutDown,
      message: kept
        ? "the producer has ended; the message is kept in the spool and published after the next start"
        : "the producer has ended before the message was confirmed")
  }
}

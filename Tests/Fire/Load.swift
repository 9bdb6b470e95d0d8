import Contract
import Synchronization

/// The steady load: known messages of all senders at a rate.
actor Load {
  private let options: FireOptions
  private let senders: [AgencyID: SenderSide]
  private let witness: Witness
  /// All that were published.
  private(set) var messages: [KnownMessage] = []
  /// Messages that were published once and come again.
  private(set) var published = 0
  private var again: [(at: ContinuousClock.Instant, message: KnownMessage)] = []
  /// Those that need the id of one that was accepted.
  private var waiting: [KnownMessage] = []
  private var lent: Set<String> = []

  init(_ options: FireOptions, senders: [SenderSide], witness: Witness) {
    self.options = options
    self.senders = Dictionary(uniqueKeysWithValues: senders.map { ($0.agency, $0) })
    self.witness = witness
  }

  /// Publishes for as long as the options say.
  func run() async {
    let begin = ContinuousClock.now
    let end = begin + .seconds(options.seconds)
    var number = 0
    while ContinuousClock.now < end, !Task.isCancelled {
      let due = begin + .seconds(Double(number) / options.rate)
      try? await Task.sleep(until: due)
      number += 1
      await take(KnownMessage(number: number, seed: options.seed))
      await repeatWhatIsDue()
      await lendIDs()
    }
    // What still waits for an id gets one, or stays unpublished.
    for _ in 0..<100 where !waiting.isEmpty {
      try? await Task.sleep(for: .milliseconds(100))
      await lendIDs()
    }
    while !again.isEmpty {
      try? await Task.sleep(for: .milliseconds(100))
      await repeatWhatIsDue()
    }
  }

  /// One more message, which the load itself does not have.
  func add(_ message: KnownMessage) async {
    messages.append(message)
    await publish(message)
  }

  private func take(_ message: KnownMessage) async {
    if message.sort == .reused {
      waiting.append(message)
      return
    }
    messages.append(message)
    await publish(message)
    if message.sort == .twice { again.append((.now + .seconds(2), message)) }
  }

  private func publish(_ message: KnownMessage) async {
    published += 1
    await senders[message.sender]?.publish(message)
  }

  private func repeatWhatIsDue() async {
    while let first = again.first, first.at <= .now {
      again.removeFirst()
      await publish(first.message)
    }
  }

  /// The id of an accepted message of the same sender, which is not lent twice.
  private func lendIDs() async {
    for message in waiting {
      let lender = messages.last {
        $0.sender == message.sender && $0.sort == .open && !lent.contains($0.messageID)
          && witness.receipts(of: $0.messageID, to: $0.sender).contains { $0.verdict == "accepted" }
      }
      guard let lender else { continue }
      lent.insert(lender.messageID)
      waiting.removeAll { $0.number == message.number }
      let borrower = KnownMessage(
        number: message.number, sort: .reused, sender: message.sender, messageID: lender.messageID, seed: options.seed)
      messages.append(borrower)
      await publish(borrower)
    }
  }
}

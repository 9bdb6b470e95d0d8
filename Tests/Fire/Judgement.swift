import Contract
import Ledger

/// Holds what reached the agencies, and what the books say, against what was known beforehand.
struct Judgement {
  private let messages: [KnownMessage]
  private let witness: Witness
  /// What operators made of held messages, by message-id.
  private let approvals: [String: KnownMessage.Fate]

  /// What should have come and did not, or came in another form; a sentence each.
  private(set) var losses: [String] = []
  /// What nobody should have seen; a sentence each.
  private(set) var leaks: [String] = []
  /// Pairs by what became of them, as it should.
  private(set) var fates: [KnownMessage.Fate: Int] = [:]
  private(set) var deadLetters = 0

  init(_ messages: [KnownMessage], witness: Witness, approvals: [String: KnownMessage.Fate]) {
    self.messages = messages
    self.witness = witness
    self.approvals = approvals
  }

  /// What must become of a message at an agency, with what operators decided since.
  private func fate(of message: KnownMessage, at agency: AgencyID) -> KnownMessage.Fate? {
    guard let fate = message.fate(for: agency) else { return nil }
    return fate == .held ? approvals[message.messageID] ?? .held : fate
  }

  // MARK: - From the agencies' side

  mutating func judgeDeliveries() {
    for message in messages {
      for agency in Parties.all { judge(message, at: agency) }
    }
    judgeMarks()
    losses += witness.unequalRepeats
  }

  private mutating func judge(_ message: KnownMessage, at agency: AgencyID) {
    let seen = witness.deliveries(of: message.number, at: agency)
    let place = "\(message.sort.rawValue) message \(message.number) of \(message.sender) at \(agency)"
    guard fate(of: message, at: agency) == .delivered else {
      if !seen.isEmpty { leaks.append("\(place): it came, and must not") }
      return
    }
    guard let first = seen.first else { return losses.append("\(place): it never came") }
    if seen.count > 1 { losses.append("\(place): it came under \(seen.count) ids or revisions") }
    if first.parts != ["o"] { losses.append("\(place): it came with the parts \(first.parts.sorted()), not with o") }
    if first.isUntouched == false { losses.append("\(place): its bytes are not those that were published") }
  }

  /// Every mark that any agency saw, whichever message it came with.
  private mutating func judgeMarks() {
    let known = Dictionary(uniqueKeysWithValues: messages.map { ($0.number, $0) })
    for (key, seen) in witness.all {
      guard let number = seen.number else {
        losses.append("\(key.agency) got \(key.id), which has no mark of any message")
        continue
      }
      for stranger in seen.strangers { leaks.append("\(key.agency) got a mark of message \(stranger) with \(number)") }
      guard let message = known[number] else {
        leaks.append("\(key.agency) got a mark of message \(number), which was never published")
        continue
      }
      for part in seen.parts where !message.mayShow(part, to: key.agency) {
        leaks.append("\(key.agency) got the part \(part) of the \(message.sort.rawValue) message \(number)")
      }
    }
  }

  mutating func judgeReceipts() {
    for message in messages {
      let receipts = witness.receipts(of: message.messageID, to: message.sender)
      let isThere =
        switch message.sort {
        case .reused: receipts.contains { $0.causes.contains("message-id-reused") }
        case .poison: receipts.contains { $0.causes.contains("poison") }
        default: receipts.contains { $0.verdict == message.verdict }
        }
      if !isThere {
        losses.append(
          "\(message.sort.rawValue) message \(message.number) of \(message.sender): no receipt says \(message.verdict), "
            + "but \(receipts.map { "\($0.verdict) \($0.causes)" })")
      }
    }
  }

  // MARK: - In the books

  mutating func judgeBooks(_ ledger: Ledger) async throws {
    let groups = Dictionary(grouping: messages) { "\($0.sender) \($0.messageID)" }
    for group in groups.values {
      guard let message = group.first(where: { $0.sort != .reused }) ?? group.first else { continue }
      let trace = try await ledger.trace(messageID: message.messageID, sender: message.sender)
      judge(message, reused: group.count { $0.sort == .reused }, trace)
    }
  }

  private mutating func judge(_ message: KnownMessage, reused: Int, _ trace: TraceRecord) {
    let place = "\(message.sort.rawValue) message \(message.number) of \(message.sender) in the books"
    var expected: [AgencyID: KnownMessage.Fate] = [:]
    for agency in Parties.all { expected[agency] = fate(of: message, at: agency) }
    let accepted = trace.messages.filter { $0.state == .accepted }
    guard accepted.count == (expected.isEmpty ? 0 : 1) else {
      return losses.append("\(place): accepted \(accepted.count) times: \(trace.messages.map(\.state))")
    }
    var found: [AgencyID: String] = [:]
    for delivery in trace.deliveries { found[delivery.recipient] = delivery.state.rawValue }
    guard found == expected.mapValues(\.rawValue) else {
      return losses.append("\(place): \(told(found)), not \(told(expected.mapValues(\.rawValue)))")
    }
    for fate in expected.values { fates[fate, default: 0] += 1 }
    let failed = trace.messages.count { $0.state == .failed }
    let shouldFail = expected.isEmpty ? 1 : reused
    if failed != shouldFail { losses.append("\(place): \(failed) dead letters are open, not \(shouldFail)") }
    if message.sort == .poison, !trace.failures.contains(where: { $0.record.cause == "poison" }) {
      losses.append("\(place): no failure calls it poison")
    }
    deadLetters += failed
  }

  private func told(_ states: [AgencyID: String]) -> String {
    states.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}

import AMQP
import Synchronization

/// Who waits for which receipt.
final class ReceiptDesk: Sendable {
  private typealias Waiter = OneShot<Receipt?>

  private let waiters = Mutex<[String: [UInt64: Waiter]]>([:])
  private let numbers = Atomic<UInt64>(0)

  /// A place in the queue, to be taken before the message is sent.
  struct Ticket: Sendable {
    fileprivate let id: String
    fileprivate let number: UInt64
    fileprivate let waiter: OneShot<Receipt?>
  }

  func ticket(for messageID: String) -> Ticket {
    let ticket = Ticket(
      id: messageID, number: numbers.wrappingAdd(1, ordering: .relaxed).newValue, waiter: OneShot<Receipt?>())
    waiters.withLock { $0[messageID, default: [:]][ticket.number] = ticket.waiter }
    return ticket
  }

  /// The receipt, or nil when it did not come in time or the task was cancelled.
  func wait(_ ticket: Ticket, atMost limit: Duration) async -> Receipt? {
    let timer = Task {
      try await Task.sleep(for: limit)
      ticket.waiter.give(nil)
    }
    defer {
      timer.cancel()
      giveUp(ticket)
    }
    return await ticket.waiter.value { ticket.waiter.give(nil) }
  }

  func giveUp(_ ticket: Ticket) {
    waiters.withLock { waiters in
      waiters[ticket.id]?[ticket.number] = nil
      if waiters[ticket.id]?.isEmpty == true { waiters[ticket.id] = nil }
    }
  }

  func arrived(_ receipt: Receipt) {
    let waiting = waiters.withLock { $0.removeValue(forKey: receipt.messageID) } ?? [:]
    for waiter in waiting.values { waiter.give(receipt) }
  }
}

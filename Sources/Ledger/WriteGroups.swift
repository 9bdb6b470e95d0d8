/// A write that waits for its group: what to do inside the transaction, and whom to tell after the commit.
///
/// Unchecked: a write belongs to the task that made it until it is enqueued, then to the writer's thread alone.
class PendingWrite: @unchecked Sendable {
  /// Incident messages and operators' acts go into the next group before all others.
  let isUrgent: Bool
  /// What it adds to the group's bytes.
  let bytes: Int
  fileprivate(set) var enqueued: UInt64 = 0

  init(isUrgent: Bool, bytes: Int) {
    self.isUrgent = isUrgent
    self.bytes = bytes
  }

  /// Runs inside the transaction; may run again where a neighbour failed or the group is committed piece by piece.
  func run(_ transaction: Transaction) throws {}
  /// Called once, after the commit (nil) or when it failed.
  func finish(_ error: LedgerError?) {}
}

/// A write with a result, which somebody is told.
final class AwaitedWrite<Value: Sendable>: PendingWrite, @unchecked Sendable {
  private let body: @Sendable (Transaction) throws -> Value
  private let tell: @Sendable (Result<Value, LedgerError>) -> Void
  private var value: Value?

  init(
    isUrgent: Bool, bytes: Int, body: @escaping @Sendable (Transaction) throws -> Value,
    tell: @escaping @Sendable (Result<Value, LedgerError>) -> Void
  ) {
    self.body = body
    self.tell = tell
    super.init(isUrgent: isUrgent, bytes: bytes)
  }

  override func run(_ transaction: Transaction) throws {
    value = nil
    value = try body(transaction)
  }

  override func finish(_ error: LedgerError?) {
    if let error {
      tell(.failure(error))
    } else if let value {
      tell(.success(value))
    } else {
      tell(.failure(LedgerError(.internal, "a write was committed without running")))
    }
  }
}

/// The results of several writes, which their caller awaits together: it is woken once, when all of them are committed.
///
/// Unchecked: only one thread at a time finishes writes.
final class WriteResults<Value: Sendable>: @unchecked Sendable {
  private let continuation: CheckedContinuation<[Result<Value, LedgerError>], Never>
  private var results: [Result<Value, LedgerError>]
  private var missing: Int

  init(count: Int, _ continuation: CheckedContinuation<[Result<Value, LedgerError>], Never>) {
    self.continuation = continuation
    let none = LedgerError(.internal, "a write was committed without running")
    results = Array(repeating: .failure(none), count: count)
    missing = count
  }

  func set(_ place: Int, _ result: Result<Value, LedgerError>) {
    results[place] = result
    missing -= 1
    if missing == 0 { continuation.resume(returning: results) }
  }
}

/// The limits at which a group ends.
struct GroupLimits: Sendable {
  var messages: Int
  var bytes: Int
  var microseconds: Int
}

/// The writes that wait, and the rule that makes groups of them.
///
/// Unchecked: all mutable state is guarded by the monitor.
final class WriteGroups: @unchecked Sendable {
  private let limits: GroupLimits
  private let monitor = Monitor()
  private var urgent = Waiting()
  private var normal = Waiting()
  private var isClosed = false

  init(limits: GroupLimits) { self.limits = limits }

  /// Takes a write; false after ``close()``.
  func enqueue(_ write: PendingWrite) -> Bool { enqueue([write]) }

  /// Takes all of them or, after ``close()``, none.
  func enqueue(_ writes: [PendingWrite]) -> Bool {
    monitor.withLock {
      guard !isClosed else { return false }
      let now = Monitor.now()
      let wasEmpty = urgent.isEmpty && normal.isEmpty
      let hadUrgent = !urgent.isEmpty
      for write in writes {
        write.enqueued = now
        if write.isUrgent { urgent.append(write) } else { normal.append(write) }
      }
      if wasEmpty || isFull || hadUrgent != !urgent.isEmpty { monitor.signal() }
      return true
    }
  }

  /// No more writes come; those that wait are still handed out.
  func close() {
    monitor.withLock {
      isClosed = true
      monitor.broadcast()
    }
  }

  /// With something urgent in it a group takes no more than so many, so that it is committed soon.
  private static let mostBesideUrgent = 32

  /// Waits for the next group; nil once closed and empty. With anything urgent in it a group waits for no others.
  func next() -> [PendingWrite]? {
    monitor.withLock {
      while urgent.isEmpty && normal.isEmpty {
        if isClosed { return nil }
        monitor.wait()
      }
      let oldest = min(urgent.first?.enqueued ?? .max, normal.first?.enqueued ?? .max)
      let end = oldest + UInt64(limits.microseconds) * 1000
      while urgent.isEmpty, !isFull, !isClosed, Monitor.now() < end { monitor.wait(until: end) }
      return takeGroup()
    }
  }

  private func takeGroup() -> [PendingWrite] {
    var group: [PendingWrite] = []
    var bytes = 0
    let most = urgent.isEmpty ? limits.messages : min(limits.messages, max(urgent.count, Self.mostBesideUrgent))
    while let write = urgent.first ?? normal.first {
      if !group.isEmpty, group.count >= most || bytes + write.bytes > limits.bytes { break }
      if urgent.isEmpty { normal.removeFirst() } else { urgent.removeFirst() }
      group.append(write)
      bytes += write.bytes
    }
    return group
  }

  private var isFull: Bool {
    urgent.count + normal.count >= limits.messages || urgent.bytes + normal.bytes >= limits.bytes
  }
}

/// A first-in-first-out line of writes that knows its bytes.
private struct Waiting {
  private var writes: [PendingWrite?] = []
  private var head = 0
  private(set) var bytes = 0

  var count: Int { writes.count - head }
  var isEmpty: Bool { count == 0 }
  var first: PendingWrite? { isEmpty ? nil : writes[head] }

  mutating func append(_ write: PendingWrite) {
    writes.append(write)
    bytes += write.bytes
  }

  mutating func removeFirst() {
    bytes -= writes[head]?.bytes ?? 0
    writes[head] = nil
    head += 1
    if head == writes.count {
      writes.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1024, head * 2 > writes.count {
      writes.removeFirst(head)
      head = 0
    }
  }
}

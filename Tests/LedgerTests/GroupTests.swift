import Contract
import Testing

@testable import Ledger

struct GroupTests {
  /// A write that remembers how it ended.
  private final class Noted: PendingWrite, @unchecked Sendable {
    let name: String

    init(_ name: String, isUrgent: Bool = false, bytes: Int = 1) {
      self.name = name
      super.init(isUrgent: isUrgent, bytes: bytes)
    }
  }

  private func groups(messages: Int = 64, bytes: Int = 1 << 20, microseconds: Int = 60_000_000) -> WriteGroups {
    WriteGroups(limits: GroupLimits(messages: messages, bytes: bytes, microseconds: microseconds))
  }

  private func names(_ group: [PendingWrite]?) -> [String]? { group?.compactMap { ($0 as? Noted)?.name } }

  // MARK: - What makes a group

  @Test func `a group ends at its number of messages, long before its time`() {
    let groups = groups(messages: 3)
    for name in ["a", "b", "c", "d"] { #expect(groups.enqueue(Noted(name))) }
    #expect(names(groups.next()) == ["a", "b", "c"])
  }

  @Test func `a group ends at its bytes, and one larger than that goes alone`() {
    let groups = groups(bytes: 100)
    for (name, bytes) in [("a", 60), ("b", 30), ("c", 20), ("d", 500), ("e", 100)] {
      #expect(groups.enqueue(Noted(name, bytes: bytes)))
    }
    #expect(names(groups.next()) == ["a", "b"])
    #expect(names(groups.next()) == ["c"])
    #expect(names(groups.next()) == ["d"])
    #expect(names(groups.next()) == ["e"])
  }

  @Test func `a group ends at its time with what there is`() {
    let groups = groups(microseconds: 1)
    #expect(groups.enqueue(Noted("a")))
    #expect(names(groups.next()) == ["a"])
  }

  @Test func `incident messages come first in the next group, in their own order`() {
    let groups = groups(messages: 4)
    for name in ["t1", "t2", "t3", "t4", "t5"] { #expect(groups.enqueue(Noted(name))) }
    for name in ["i1", "i2"] { #expect(groups.enqueue(Noted(name, isUrgent: true))) }
    #expect(names(groups.next()) == ["i1", "i2", "t1", "t2"])
    groups.close()
    #expect(names(groups.next()) == ["t3", "t4", "t5"])
  }

  @Test func `a group with something urgent in it waits for no others`() {
    let groups = groups()
    #expect(groups.enqueue([Noted("t1"), Noted("i1", isUrgent: true), Noted("t2")]))
    #expect(names(groups.next()) == ["i1", "t1", "t2"])
  }

  @Test func `a group with something urgent in it is small, however many wait`() {
    let groups = groups(messages: 100)
    #expect(groups.enqueue((0..<90).map { Noted("t\($0)") } + [Noted("i1", isUrgent: true)]))
    #expect(groups.next()?.count == 32)
    groups.close()
    #expect(groups.next()?.count == 59)
  }

  @Test func `what waits at the close is still handed out, and nothing is taken after it`() {
    let groups = groups()
    #expect(groups.enqueue(Noted("a")))
    groups.close()
    #expect(!groups.enqueue(Noted("b")))
    #expect(names(groups.next()) == ["a"])
    #expect(groups.next() == nil)
  }

  @Test func `a long line of writes comes out whole and in order`() {
    let groups = groups(messages: 7)
    for number in 0..<5000 { #expect(groups.enqueue(Noted("\(number)"))) }
    groups.close()
    var all: [String] = []
    while let group = names(groups.next()) { all += group }
    #expect(all == (0..<5000).map(String.init))
  }

  // MARK: - What becomes of its members

  @Test func `a write that fails leaves no trace, and its neighbours are committed`() async throws {
    let desk = try Desk { $0.groupMicroseconds = 50_000 }
    let bad = Task {
      try await desk.ledger.write(isUrgent: false, bytes: 0) { transaction in
        _ = try transaction.append(.duplicate(of: 1, at: moment(), count: 1))
        _ = try transaction.openDeadLetter(
          message: 1, delivery: nil, sender: "us-cisa", recipient: nil, .malformed, at: moment())
        throw LedgerError(.conflict, "as planned")
      }
    }
    let violating = Task {
      try await desk.ledger.write(isUrgent: false, bytes: 0) {
        try $0.execute("INSERT INTO hub (id, started, beat) VALUES (NULL, 1, 1)")
      }
    }
    let good = Task { try await desk.ledger.record(.message("m1")) }
    #expect(try await good.value == .accepted(message: 1, deliveries: [1, 2], closedDeadLetters: []))
    await #expect { try await bad.value } throws: { ($0 as? LedgerError)?.code == .conflict }
    await #expect { try await violating.value } throws: { ($0 as? LedgerError)?.code == .invalid }
    let report = try await desk.ledger.audit()
    #expect(report.anomalies == [])
    #expect(report.entries == 3)
    #expect(report.deadLetters == [:])
  }

  @Test func `several intakes have an outcome each, and one that fails takes no other along`() async throws {
    let desk = try Desk { $0.groupMicroseconds = 50_000 }
    var twice = Intake.message("m2")
    if case .accepted(var accepted) = twice.verdict {
      accepted.pairs.append(accepted.pairs[0])
      twice.verdict = .accepted(accepted)
    }
    let outcomes = await desk.ledger.record([.message("m1"), twice, .message("m1"), .message("m3")])
    #expect(try outcomes[0].get() == .accepted(message: 1, deliveries: [1, 2], closedDeadLetters: []))
    #expect(throws: LedgerError.self) { try outcomes[1].get() }
    #expect(try outcomes[2].get() == .duplicate(of: 1))
    #expect(try outcomes[3].get() == .accepted(message: 2, deliveries: [3, 4], closedDeadLetters: []))
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `what waits at the close is committed, and later calls say that it is closed`() async throws {
    let desk = try Desk { $0.groupMicroseconds = 60_000_000 }
    let recorded = Task { try await desk.ledger.record(.message("m1")) }
    // The close waits for whatever is in the line; the record may also come too late for it, and then says so.
    await desk.ledger.close()
    do {
      #expect(try await recorded.value == .accepted(message: 1, deliveries: [1, 2], closedDeadLetters: []))
    } catch let error as LedgerError {
      #expect(error.code == .closed)
    }
    for call in [
      { _ = try await desk.ledger.record(.message("m2")) }, { _ = try await desk.ledger.message(1) },
    ] as [@Sendable () async throws -> Void] {
      await #expect { try await call() } throws: { ($0 as? LedgerError)?.code == .closed }
    }
  }
}

import Contract
import Testing

@testable import Ledger

/// What only several processes, or the death of one, can show.
struct ProcessTests {
  @Test(arguments: [1, 60, 300])
  func `whatever was acknowledged before SIGKILL is there afterwards, and the books balance`(lines: Int) async throws {
    let desk = try Desk()
    await desk.ledger.close()
    let probe = try ProbeProcess(["write", desk.path, "p", "0"])
    let said = probe.lines(atLeast: lines) + probe.killed()
    #expect(said.count >= lines)
    let ledger = try Ledger.open(LedgerSettings(path: desk.path, keys: Desk.keys))
    for line in said {
      let words = line.split(separator: " ").map(String.init)
      let id = try #require(Int64(words[2]))
      switch words[0] {
      case "accepted":
        #expect(try await ledger.message(id)?.messageID == words[1])
        #expect(try await ledger.payload(of: id).starts(with: words[1].utf8))
      case "delivered": #expect(try await ledger.delivery(id)?.state == .delivered)
      default: Issue.record("the probe said '\(line)'")
      }
    }
    let report = try await ledger.audit(readingPayloads: true)
    #expect(report.anomalies == [])
    #expect(try await ledger.waitingReceipts().count >= said.count { $0.hasPrefix("accepted") })
    await ledger.close()
  }

  @Test func `a payload file whose transaction never came is an orphan, and nothing else is`() async throws {
    let desk = try Desk()
    await desk.ledger.close()
    let probe = try ProbeProcess(["write", desk.path, "p", "0"])
    _ = probe.lines(atLeast: 100) + probe.killed()
    let ledger = try Ledger.open(LedgerSettings(path: desk.path, keys: Desk.keys))
    _ = try await ledger.sweepOrphans(olderThanMilliseconds: -60_000)
    let report = try await ledger.audit(readingPayloads: true)
    #expect(report.anomalies == [])
    await ledger.close()
  }

  @Test func `processes that write side by side make one log without a gap or a fork`() async throws {
    let desk = try Desk()
    let probes = try ["a", "b", "c"].map { try ProbeProcess(["write", desk.path, $0, "200"]) }
    for number in 0..<50 { _ = try await desk.ledger.record(.message("own-\(number)")) }
    for probe in probes {
      #expect(probe.lines().count == 300)
      #expect(probe.exitStatus() == 0)
    }
    let report = try await desk.ledger.audit(readingPayloads: true)
    #expect(report.anomalies == [])
    #expect(report.messages == [.accepted: 650])
    // A message and a decision each for 600, and two decisions each for 50; a confirm for every second of the 600.
    #expect(report.entries == 600 * 2 + 50 * 3 + 300)
    await desk.ledger.close()
  }

  @Test func `processes that open a new ledger at once all find it whole`() async throws {
    let folder = try Desk.newFolder()
    defer { Desk.remove(folder) }
    let probes = try (0..<4).map { try ProbeProcess(["write", folder + "/ledger.sqlite", "n\($0)", "5"]) }
    for probe in probes {
      #expect(probe.lines().count == 7)
      #expect(probe.exitStatus() == 0)
    }
    let ledger = try Ledger.open(LedgerSettings(path: folder + "/ledger.sqlite", keys: Desk.keys))
    #expect(try await ledger.audit().messages == [.accepted: 20])
    await ledger.close()
  }

  @Test func `a file that may grow no further is transient, leaves nothing half-written, and is got over`() async throws
  {
    let desk = try Desk()
    await desk.ledger.close()
    let probe = try ProbeProcess(["limit", desk.path, "400000"])
    let said = probe.lines()
    #expect(probe.exitStatus() == 0)
    #expect(said.count { $0 == "refused io true" || $0 == "refused full true" } == 1)
    #expect(said.last?.hasPrefix("accepted l-after") == true)
    let ledger = try Ledger.open(LedgerSettings(path: desk.path, keys: Desk.keys))
    let report = try await ledger.audit(readingPayloads: true)
    #expect(report.anomalies == [])
    #expect(report.messages[.accepted] == said.count - 1)
    await ledger.close()
  }
}

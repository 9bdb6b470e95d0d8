import Contract
import FoundationEssentials
import Testing

@testable import Ledger

struct PayloadTests {
  private let large = String(repeating: "x", count: 100_000)

  private func files(_ desk: Desk) throws -> [String] { try desk.ledger.payloads.names(olderThan: nil) }

  @Test func `a payload whose file is missing or cut short is reported as gone`() async throws {
    let desk = try Desk()
    for id in ["m1", "m2"] { _ = try await desk.ledger.accept(.message(id, body: large)) }
    let names = try files(desk).sorted()
    desk.ledger.payloads.remove(names[0])
    try Data("short".utf8).write(to: URL(filePath: desk.ledger.payloads.folder + "/" + names[1]))
    for id: Int64 in [1, 2] {
      await #expect { try await desk.ledger.payload(of: id) } throws: { ($0 as? LedgerError)?.code == .payloadGone }
    }
    await #expect { try await desk.ledger.payload(of: 3) } throws: { ($0 as? LedgerError)?.code == .notFound }
  }

  @Test(arguments: [0, 1, 65_536, 65_537, 1_000_000])
  func `a payload comes back as it was, from a file where it is over 64 KiB`(size: Int) async throws {
    let desk = try Desk()
    let body = String(repeating: "y", count: size)
    let message = try await desk.ledger.accept(.message("m1", body: body)).message
    #expect(try await desk.ledger.payload(of: message) == Array(body.utf8))
    #expect(try files(desk).count == (size > 65_536 ? 1 : 0))
    #expect(try await desk.ledger.audit(readingPayloads: true).anomalies == [])
  }

  @Test func `a repeat of a large message leaves no second file behind`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", body: large))
    _ = try await desk.ledger.record(.message("m1", body: large))
    _ = try await desk.ledger.record(.message("m1", body: large, redelivered: true))
    #expect(try files(desk).count == 1)
  }

  @Test func `replays that end in the same dead letter leave no file behind`() async throws {
    let desk = try Desk()
    let letter = try await desk.ledger.refuse(.message("m1", body: large, failure: .malformed))
    #expect(try await desk.ledger.beginReplay(letter, act: nil, now: moment()))
    _ = try await desk.ledger.record(replay: .message("m1", body: large, failure: .malformed), of: letter)
    #expect(try files(desk).count == 1)
    #expect(try await desk.ledger.payload(ofDeadLetter: letter) == Array(large.utf8))
  }

  @Test func `orphans are swept when they are old, and not before`() async throws {
    let desk = try Desk()
    _ = try await desk.ledger.accept(.message("m1", body: large))
    let orphan = try await desk.ledger.payloads.write([1, 2, 3])
    #expect(try await desk.ledger.sweepOrphans(olderThanMilliseconds: 3_600_000) == 0)
    #expect(desk.ledger.payloads.size(of: orphan) == 3)
    #expect(try await desk.ledger.sweepOrphans(olderThanMilliseconds: -60_000) == 1)
    #expect(desk.ledger.payloads.size(of: orphan) == nil)
    #expect(try files(desk).count == 1)
    #expect(try await desk.ledger.audit(readingPayloads: true).anomalies == [])
  }

  @Test func `old orphans are swept when the ledger is opened`() async throws {
    let desk = try Desk()
    let orphan = try await desk.ledger.payloads.write([1, 2, 3])
    await desk.ledger.close()
    var settings = LedgerSettings(path: desk.path, keys: Desk.keys)
    settings.orphanAgeMilliseconds = -60_000
    let ledger = try Ledger.open(settings)
    // The sweep is the first thing its thread does, and closing waits for the thread.
    await ledger.close()
    #expect(desk.ledger.payloads.size(of: orphan) == nil)
  }
}

import Contract
import Glibc
import Testing

@testable import Ledger

struct FullDiskTests {
  private func expect(_ code: LedgerError.Code, isTransient: Bool, _ body: () async throws -> Void) async {
    await #expect { try await body() } throws: {
      let error = $0 as? LedgerError
      return error?.code == code && error?.isTransient == isTransient
    }
  }

  @Test func `a full ledger is transient, nothing is half-written, and it goes on once there is room`() async throws {
    let desk = try Desk { $0.maximumPages = 120 }
    let body = String(repeating: "x", count: 20_000)
    var accepted = 0
    var refusal: LedgerError?
    while refusal == nil, accepted < 1000 {
      do {
        _ = try await desk.ledger.record(.message("m\(accepted)", body: body))
        accepted += 1
      } catch { refusal = error }
    }
    #expect(refusal?.code == .full)
    #expect(refusal?.isTransient == true)
    var report = try await desk.ledger.audit(readingPayloads: true)
    #expect(report.anomalies == [])
    #expect(report.messages == [.accepted: accepted])
    try await desk.ledger.limitPages(to: nil)
    _ = try await desk.ledger.accept(.message("m\(accepted)", body: body))
    report = try await desk.ledger.audit(readingPayloads: true)
    #expect(report.anomalies == [])
    #expect(report.messages == [.accepted: accepted + 1])
  }

  @Test func `a large message for which there is no room does not take its small neighbours along`() async throws {
    let desk = try Desk {
      $0.maximumPages = 70
      $0.groupMicroseconds = 50_000
      $0.inlinePayloadLimit = 10 << 20
    }
    let large = Task { try await desk.ledger.record(.message("large", body: String(repeating: "x", count: 500_000))) }
    let small = Task { try await desk.ledger.record(.message("small")) }
    guard case .accepted = try await small.value else {
      Issue.record("the small one was refused")
      return
    }
    await expect(.full, isTransient: true) { _ = try await large.value }
    #expect(try await desk.ledger.audit().anomalies == [])
  }

  @Test func `a payload folder that cannot be written is an error of the disk, and no row is made`() async throws {
    let desk = try Desk()
    let folder = desk.path + "-payloads"
    #expect(rmdir(folder) == 0)
    await expect(.io, isTransient: true) {
      _ = try await desk.ledger.record(.message("m1", body: String(repeating: "x", count: 100_000)))
    }
    #expect(try await desk.ledger.message(1) == nil)
    #expect(mkdir(folder, 0o700) == 0)
    _ = try await desk.ledger.accept(.message("m1", body: String(repeating: "x", count: 100_000)))
  }

  @Test func `a ledger that another holds for too long is busy`() async throws {
    let desk = try Desk { $0.busyMilliseconds = 20 }
    let other = try Ledger.open(LedgerSettings(path: desk.path, keys: Desk.keys))
    let gate = Gate()
    let held = Task { try await other.write(isUrgent: true, bytes: 0) { _ in gate.wait() } }
    await gate.reached()
    await expect(.busy, isTransient: true) { _ = try await desk.ledger.record(.message("m1")) }
    gate.open()
    try await held.value
    _ = try await desk.ledger.accept(.message("m1"))
    await other.close()
  }

  @Test func `a file that is no ledger, and a folder that is not there, are told apart`() async throws {
    let folder = try Desk.newFolder()
    defer { Desk.remove(folder) }
    let file = folder + "/other.sqlite"
    let handle = fopen(file, "w")
    fputs(String(repeating: "This is no database. ", count: 100), handle)
    fclose(handle)
    #expect { try Ledger.open(LedgerSettings(path: file, keys: Desk.keys)) } throws: {
      ($0 as? LedgerError)?.code == .corrupt
    }
    #expect { try Ledger.open(LedgerSettings(path: folder + "/none/x.sqlite", keys: Desk.keys)) } throws: {
      ($0 as? LedgerError)?.code == .io
    }
  }
}

/// Lets a test hold a transaction open until it says so.
///
/// Unchecked: POSIX semaphores are made for use from several threads.
private final class Gate: @unchecked Sendable {
  private let opened = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  private let entered: AsyncStream<Void>
  private let enter: AsyncStream<Void>.Continuation

  init() {
    sem_init(opened, 0, 0)
    (entered, enter) = AsyncStream.makeStream()
  }

  deinit {
    sem_destroy(opened)
    opened.deallocate()
  }

  /// Blocks the thread until the gate is opened.
  func wait() {
    enter.yield()
    while sem_wait(opened) != 0, errno == EINTR {}
  }

  func open() { sem_post(opened) }

  /// Returns once somebody waits.
  func reached() async { for await _ in entered { return } }
}

import AMQP
import Contract
import Testing

@testable import AgencyClient

@Suite struct SpoolTests {
  private let folder = Folder()

  private func message(_ text: String) -> OutgoingMessage {
    OutgoingMessage(body: Array(text.utf8), lane: .threat, messageID: text)
  }

  @Test func `a file that is no message is set aside with a reason`() async throws {
    _ = try Spool(folder: folder.path)
    try folder.put("garbage", as: "000000000007.message")
    let outbox = try Outbox(spool: try Spool(folder: folder.path))
    let answer = try await outbox.add(message("good"))
    #expect(try await outbox.next(10, bytes: 1000)?.map(\.message.messageID) == ["good"])
    #expect(try folder.files() == ["000000000008.message"])
    #expect(try folder.files("/refused") == ["000000000007.message", "000000000007.message.why.txt"])
    await outbox.abandon()
    let error = await answer.value {}.failure
    #expect(error?.code == .shutDown)
    #expect(error?.message.contains("kept in the spool") == true)
  }

  @Test func `a half-written file does not count`() throws {
    _ = try Spool(folder: folder.path)
    try folder.put("{", as: ".000000000001.message.part")
    #expect(try Spool(folder: folder.path).names().isEmpty)
  }

  @Test func `a folder that cannot be made is named`() {
    let error = #expect(throws: AgencyClientError.self) { _ = try Spool(folder: "/proc/nowhere/spool") }
    #expect(error?.code == .storage)
    #expect(error?.message.contains("/proc/nowhere") == true)
  }

  @Test func `messages stay in order over a restart, and go when they are confirmed`() async throws {
    var spool = try Spool(folder: folder.path)
    for number in 1...12 { _ = try spool.add(message("m\(number)")) }
    let outbox = try Outbox(spool: try Spool(folder: folder.path))
    _ = try await outbox.add(message("m13"))
    let batch = try #require(try await outbox.next(100, bytes: 1000))
    #expect(batch.map(\.message.messageID) == (1...13).map { "m\($0)" })
    for entry in batch where entry.number != 2 { try await outbox.confirmed(entry.number) }
    #expect(try folder.files() == ["000000000002.message"])
    #expect(try await outbox.next(100, bytes: 1000)?.map(\.message.messageID) == ["m2"])
    // Numbers are not used again while an older one lies there.
    var next = try Spool(folder: folder.path)
    #expect(try next.add(message("m14")) == "000000000003.message")
  }

  @Test func `what is refused lies aside with the reason`() async throws {
    let outbox = try Outbox(spool: try Spool(folder: folder.path))
    let answer = try await outbox.add(message("bad"))
    let entry = try #require(try await outbox.next(1, bytes: 1)?.first)
    let error = AgencyClientError(code: .refused, message: "403 ACCESS_REFUSED")
    try await outbox.refused(entry.number, error)
    #expect(await answer.value {}.failure == error)
    #expect(try folder.text("refused/000000000001.message.why.txt") == "403 ACCESS_REFUSED\n")
    #expect(await outbox.isEmpty)
  }

  @Test func `a batch ends at so many messages or bytes, and is never empty`() async throws {
    let outbox = try Outbox(spool: nil)
    for text in ["aaaa", "bbbb", "cccc"] { _ = try await outbox.add(message(text)) }
    #expect(try await outbox.next(2, bytes: 100)?.count == 2)
    #expect(try await outbox.next(3, bytes: 9)?.count == 2)
    #expect(try await outbox.next(3, bytes: 1)?.count == 1)
  }

  @Test func `a finished outbox hands out what it has, then nothing`() async throws {
    let outbox = try Outbox(spool: nil)
    _ = try await outbox.add(message("a"))
    await outbox.finish()
    let entry = try #require(try await outbox.next(1, bytes: 1)?.first)
    try await outbox.confirmed(entry.number)
    #expect(try await outbox.next(1, bytes: 1)?.count == nil)
    let late = try await outbox.add(message("b"))
    #expect(await late.value {}.failure?.code == .shutDown)
  }
}

extension Result {
  var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}

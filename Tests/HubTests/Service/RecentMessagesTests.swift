import Contract
import Testing

@testable import Hub

@Suite struct `Recent messages` {
  private let pipeline: IntakePipeline

  init() throws {
    pipeline = IntakePipeline(configuration: try Example.configuration(), keys: try testKeys().keys)
  }

  /// An accepted message whose body has about so many bytes.
  private func entry(_ size: Int = 0) throws -> RecentMessages.Entry {
    let message = IncomingMessage(
      sender: .known("us-cisa"), messageID: "m", isDerivedID: false, publishedLane: .threat,
      body: TestMessage.bundle(1, description: String(repeating: "x", count: size)), headers: SenderHeaders(),
      headersJSON: Array("{}".utf8), isRedelivered: false)
    let read = try pipeline.run(message, at: Example.now).read
    return RecentMessages.Entry(message: message, read: read, acceptedAt: Example.now)
  }

  @Test func `go, the oldest first, when more bytes are kept than may be`() throws {
    let entry = try entry()
    let weight = 8192 + 8 * entry.message.body.count
    let recent = RecentMessages(maximumBytes: 10 * weight)
    for number in Int64(1)...25 { recent.keep(entry, as: number) }
    #expect((Int64(1)...15).allSatisfy { recent.find($0) == nil })
    #expect((Int64(16)...25).allSatisfy { recent.find($0) != nil })
  }

  @Test func `count once when they are kept twice`() throws {
    let entry = try entry()
    let weight = 8192 + 8 * entry.message.body.count
    let recent = RecentMessages(maximumBytes: 4 * weight)
    for _ in 1...50 { recent.keep(entry, as: 1) }
    for number in Int64(2)...4 { recent.keep(entry, as: number) }
    #expect((Int64(1)...4).allSatisfy { recent.find($0) != nil })
  }

  @Test func `of a size that would drive out most others are not kept at all`() throws {
    let large = try entry(100_000)
    let small = try entry()
    let recent = RecentMessages(maximumBytes: 1 << 20)
    recent.keep(small, as: 1)
    recent.keep(large, as: 2)
    #expect(recent.find(1) != nil)
    #expect(recent.find(2) == nil)
  }

  @Test func `go as soon as every delivery has let go of them, and make room`() throws {
    let entry = try entry()
    let weight = 8192 + 8 * entry.message.body.count
    let recent = RecentMessages(maximumBytes: 4 * weight)
    recent.keep(entry, as: 1, uses: 2)
    recent.letGo([1, 7])
    #expect(recent.find(1) != nil)
    recent.letGo([1])
    #expect(recent.find(1) == nil)
    // One that nobody lets go of stays as long as there is room.
    recent.keep(entry, as: 2)
    for number in Int64(3)...6000 {
      recent.keep(entry, as: number)
      recent.letGo([number])
    }
    #expect(recent.find(2) != nil)
    for number in Int64(6001)...6004 { recent.keep(entry, as: number) }
    #expect(recent.find(2) == nil && recent.find(6001) != nil)
  }
}

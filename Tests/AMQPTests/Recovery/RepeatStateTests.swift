import Testing

@testable import AMQP

@Suite struct RepeatStateTests {
  private static func parked(_ ticket: UInt64, _ ids: String...) -> RepeatState.Parked {
    RepeatState.Parked(
      ticket: ticket,
      publishes: ids.map { .init(AMQPMessage(text: "", id: $0), exchange: "", routingKey: "q") },
      results: ids.map { _ in .indeterminate(.closed("lost")) }, answers: OneShot())
  }

  private func ids(_ lost: [RepeatState.Lost]?) -> [String] {
    (lost ?? []).compactMap(\.publish.message.properties.messageID)
  }

  @Test func `what was lost goes again in the order of publishing, whoever noticed first`() {
    var state = RepeatState()
    state.park(Self.parked(7, "c", "d"))
    state.park(Self.parked(2, "a"))
    state.park(Self.parked(3, "b"))
    #expect(ids(state.lostInOrder()) == ["a", "b", "c", "d"])
  }

  @Test func `what has its answer is not sent another time`() throws {
    var state = RepeatState()
    state.park(Self.parked(1, "a", "b", "c"))
    let lost = try #require(state.lostInOrder())
    #expect(state.answer(lost[1], .confirmed)?.results == nil)
    #expect(ids(state.lostInOrder()) == ["a", "c"])
    #expect(state.answer(lost[0], .nacked)?.results == nil)
    let done = state.answer(lost[2], .confirmed)
    #expect(done?.results == [.nacked, .confirmed, .confirmed])
    #expect(ids(state.lostInOrder()).isEmpty)
  }

  @Test func `a call whose task was cancelled is not repeated`() throws {
    var state = RepeatState()
    state.park(Self.parked(1, "a"))
    let lost = try #require(state.lostInOrder())
    #expect(state.unpark(1)?.results.count == 1)
    #expect(state.answer(lost[0], .confirmed)?.results == nil)
    #expect(ids(state.lostInOrder()).isEmpty)
  }

  @Test func `one of those who wait starts the work`() {
    var state = RepeatState()
    #expect(state.wait(1, OneShot()) == .waits(startsWork: true))
    #expect(state.wait(2, OneShot()) == .waits(startsWork: false))
    let (lost, gates) = state.giveUp()
    #expect(lost.isEmpty)
    #expect(gates.count == 2)
    #expect(state.wait(3, OneShot()) == .waits(startsWork: true))
  }
}

import Testing

@testable import AMQP

/// When a channel is left because the broker takes nothing on it.
@Suite struct `A channel that is nacked` {
  private func state(endsWhenStuck: Bool = true) -> PublisherState {
    PublisherState(
      window: 10, windowBytes: 1000, confirmTimeout: 1000, failsWhenBlocked: false, endsWhenStuck: endsWhenStuck)
  }

  @Test func `is left after some seconds of nothing else`() {
    let publisher = state()
    #expect(!publisher.note(positive: false, at: 100))
    #expect(!publisher.note(positive: false, at: 100 + PublisherState.mostRefused - 1))
    #expect(publisher.note(positive: false, at: 100 + PublisherState.mostRefused))
  }

  @Test func `stays where one message was taken meanwhile`() {
    let publisher = state()
    #expect(!publisher.note(positive: false, at: 100))
    #expect(!publisher.note(positive: true, at: 4000))
    #expect(!publisher.note(positive: false, at: 6000))
    #expect(!publisher.note(positive: false, at: 6000 + PublisherState.mostRefused - 1))
  }

  @Test func `stays a while longer where messages wait for their answer`() {
    let publisher = state()
    publisher.confirms.append(
      .init(token: nil, bytes: 1, publishedAt: 0, exchange: "", routingKey: "k", messageID: nil, mandatory: false))
    #expect(!publisher.note(positive: false, at: 0))
    #expect(!publisher.note(positive: false, at: PublisherState.mostRefused))
    #expect(publisher.note(positive: false, at: 2 * PublisherState.mostRefused))
  }

  @Test func `stays where its owner sees to that himself`() {
    let publisher = state(endsWhenStuck: false)
    #expect(!publisher.note(positive: false, at: 0))
    #expect(!publisher.note(positive: false, at: 100_000))
  }
}

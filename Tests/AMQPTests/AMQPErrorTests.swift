import Testing

@testable import AMQP

@Suite struct AMQPErrorTests {
  @Test(arguments: [
    "NOT_FOUND - home node 'a@h' of durable queue 'q' in vhost '/' is down or inaccessible",
    "NOT_FOUND - failed to perform operation on queue 'q' in vhost '/' due to timeout",
    "NOT_FOUND - queue 'q' in vhost '/' has crashed and failed to restart",
  ])
  func `a queue that does not answer is waited for, though the code is that of a missing one`(text: String) {
    let error = AMQPError.closedByBroker(replyCode: 404, text: text, channel: true)
    #expect(error.isTransient)
    #expect(error.code == .channelClosed)
    #expect(error.message.contains(text))
  }

  @Test(arguments: [403, 404, 406, 530] as [UInt16])
  func `what the broker refuses is not tried again`(replyCode: UInt16) {
    let error = AMQPError.closedByBroker(replyCode: replyCode, text: "NO - no queue 'q' in vhost '/'", channel: true)
    #expect(!error.isTransient)
    #expect(error.code == .configuration)
    #expect(error.replyCode == replyCode)
  }

  @Test(arguments: [311, 320, 506, 541] as [UInt16])
  func `what passes by itself is tried again`(replyCode: UInt16) {
    #expect(AMQPError.closedByBroker(replyCode: replyCode, text: "LATER", channel: false).isTransient)
  }
}

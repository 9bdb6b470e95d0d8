import Testing

@testable import AMQP

@Suite struct StreamPlaceTests {
  private func delivery(_ offset: Int64) -> AMQPDelivery {
    AMQPDelivery(
      deliveryTag: 1, redelivered: false, exchange: "", routingKey: "",
      properties: AMQPProperties(headers: ["x-stream-offset": .int64(offset)]), body: [], malformedHeaders: false,
      oversize: nil, channelSerial: 1, heldBytes: 0)
  }

  @Test func `a stream goes on with the oldest that was not settled`() {
    var place = StreamPlace(isStream: true)
    let first: AMQPTable = ["x-stream-offset": "first"]
    #expect(place.applied(to: first) == first)
    place.handOut([10, 11, 12].map(delivery))
    place.settle([delivery(10), delivery(12)])
    #expect(place.applied(to: first)["x-stream-offset"] == .int64(11))
    place.restart()
    place.settle([delivery(11)])
    #expect(place.applied(to: first)["x-stream-offset"] == .int64(11))
    place.handOut([delivery(11)])
    place.settle([delivery(11)])
    #expect(place.applied(to: first)["x-stream-offset"] == .int64(12))
  }

  @Test func `other queues keep their place themselves`() {
    var place = StreamPlace(isStream: false)
    place.handOut([delivery(1)])
    #expect(place.applied(to: [:]) == [:])
  }
}

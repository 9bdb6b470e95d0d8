/// Deliveries to one consumer that lie whole, one behind the other, in what was read: taken in one go.
struct DeliveryRun {
  let channelSerial: UInt64
  let frameMax: Int
  let maximumBodyBytes: Int
  let mostUnsettled: Int
  private(set) var count = 0
  private(set) var heldBytes = 0
  /// What was wrong with the last one.
  private(set) var violation: String?

  init(channelSerial: UInt64, frameMax: Int, maximumBodyBytes: Int, mostUnsettled: Int) {
    self.channelSerial = channelSerial
    self.frameMax = frameMax
    self.maximumBodyBytes = maximumBodyBytes
    self.mostUnsettled = mostUnsettled
  }

  /// Takes the first, and those behind it; the place behind them, nil where the first is to be taken another way.
  mutating func take(
    _ bytes: UnsafeRawBufferPointer, _ first: FrameSplitter.Delivery, _ decoder: borrowing MethodDecoder,
    _ acks: inout AckTracker, _ buffer: inout DeliveryBuffer
  ) -> Int? {
    var next: FrameSplitter.Delivery? = first
    var end: Int?
    while let parts = next, parts.channel == first.channel, parts.body.count <= maximumBodyBytes {
      end = parts.end
      violation = acks.admit(parts.tag, mostUnsettled: mostUnsettled)
      guard violation == nil else { break }
      let delivery = AMQPDelivery(bytes, parts, channelSerial: channelSerial, decoder)
      count += 1
      heldBytes += delivery.heldBytes
      buffer.append(delivery)
      next = FrameSplitter.delivery(in: bytes, at: parts.end, frameMax: frameMax)
    }
    return end
  }
}

extension AckTracker {
  /// A delivery is whole: nil where it may be handed out, or the rule that it breaks.
  mutating func admit(_ tag: UInt64, mostUnsettled: Int) -> String? {
    guard delivered(tag) else { return "a delivery tag out of order" }
    guard unsettled <= mostUnsettled else { return "more deliveries than the prefetch allows" }
    return nil
  }
}

extension AMQPDelivery {
  /// From frames that lie whole in `bytes`; properties that cannot be decoded are malformed.
  fileprivate init(
    _ bytes: UnsafeRawBufferPointer, _ parts: FrameSplitter.Delivery, channelSerial: UInt64,
    _ decoder: borrowing MethodDecoder
  ) {
    func piece(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }
    let header = decoder.contentHeader(piece(parts.header))
    self.init(
      deliveryTag: parts.tag, redelivered: parts.redelivered, exchange: decoder.name(piece(parts.exchange)),
      routingKey: decoder.name(piece(parts.routingKey)),
      properties: header?.properties ?? AMQPProperties(deliveryMode: nil),
      body: ContentAssembler.body(piece(parts.body)), malformedHeaders: header?.malformed ?? true, oversize: nil,
      channelSerial: channelSerial, heldBytes: parts.body.count + AMQPByteBudget.overhead)
  }
}

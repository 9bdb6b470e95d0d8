import AMQP

/// AMQP: what a peer sends, as a stream of frames for a connection that is up, and as the payloads of single frames.
enum FuzzAMQP {
  static func run(_ bytes: [UInt8]) {
    let account = AMQPFuzzing.run(bytes)
    promise(account.framesAreInOrder, "frames follow each other without a gap")
    promise(account.bodyBytes <= bytes.count, "bodies hold no more than was sent")
    promise(account.memory <= 2 * AMQPFuzzing.maximumBodyBytes, "no more is set aside than a message may have")
  }
}

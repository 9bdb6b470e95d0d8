import AMQP

/// AMQP: what a peer sends, as a stream of frames, as the payloads of single frames, and as all that is said on a
/// connection, before and after its log-in.
enum FuzzAMQP {
  static func run(_ bytes: [UInt8]) {
    let account = AMQPFuzzing.run(bytes)
    promise(account.framesAreInOrder, "frames follow each other without a gap")
    promise(account.bodyBytes <= bytes.count, "bodies hold no more than was sent")
    promise(account.memory <= 2 * AMQPFuzzing.maximumBodyBytes, "no more is set aside than a message may have")
    for isLoggedIn in [false, true] {
      let session = AMQPFuzzing.session(bytes, isLoggedIn: isLoggedIn)
      promise(session.bodyBytes <= bytes.count, "no more is handed out than was sent")
      promise(session.answeredBytes <= 4096 + 8 * bytes.count, "an answer is about as long as what it answers")
      promise(session.hasEnded, "nothing of a connection outlives it")
      promise(session.unanswered == 0, "every publish has an answer at the end")
    }
  }
}

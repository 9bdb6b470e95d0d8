package import AMQP
package import Contract

/// Makes an ``IncomingMessage`` of what the broker brought.
package struct MessageReader: Sendable {
  package let sender: AgencyID
  package let keys: HubKeys
  /// The sender is another hub.
  package let isPeer: Bool

  package init(sender: AgencyID, keys: HubKeys, isPeer: Bool = false) {
    self.isPeer = isPeer
    self.sender = sender
    self.keys = keys
  }

  /// A message, and what is wrong with its envelope where something is.
  package struct Reading: Sendable {
    package var message: IncomingMessage
    package let failure: StageFailure?
  }

  /// What was published, and what is wrong with its envelope where something is: even then the bytes and as much of
  /// the properties as can be read are there, for the dead letter.
  package func read(_ delivery: AMQPDelivery, lane: Lane) -> Reading {
    let table = delivery.properties.headers ?? AMQPTable()
    var failure: StageFailure?
    var headers = SenderHeaders()
    do throws(StageFailure) {
      headers = try SenderHeaderReader.read(table, isPeer: isPeer)
    } catch {
      failure = error
    }
    if delivery.malformedHeaders {
      failure = StageFailure(
        .envelope, .malformedHeaders,
        "The message's headers are nested deeper or are more than a hub takes, or are not in the form of AMQP; "
          + "publish it without them.")
    }
    if let size = delivery.oversize?.size {
      failure = StageFailure(
        .envelope, .tooLarge,
        "The message has \(size) bytes, more than this hub takes; split it, or send a reference instead.")
    }
    let headersJSON = SenderHeaderReader.canonicalJSON(table)
    let given = delivery.properties.messageID.flatMap { $0.isEmpty ? nil : $0 }
    let message = IncomingMessage(
      sender: sender, messageID: given ?? derivedID(delivery, headersJSON: headersJSON), isDerivedID: given == nil,
      publishedLane: lane, body: delivery.body, oversize: delivery.oversize,
      type: delivery.properties.type,
      contentType: delivery.properties.contentType, headers: headers, headersJSON: headersJSON,
      traceparent: table[HeaderKeys.traceparent]?.text,
      isRedelivered: delivery.redelivered)
    return Reading(message: message, failure: failure)
  }

  /// Equal for equal publications: the same bytes, type and headers from the same sender are one message.
  private func derivedID(_ delivery: AMQPDelivery, headersJSON: [UInt8]) -> String {
    let code = keys.authenticate([
      Array("message-id".utf8), Array(sender.slug.utf8), delivery.body, Array((delivery.properties.type ?? "").utf8),
      Array((delivery.properties.contentType ?? "").utf8), headersJSON,
    ])
    return "derived-" + Hex.text(code.prefix(16))
  }
}

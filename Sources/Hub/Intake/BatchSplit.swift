import Adapters
import Contract
import Formats
import JSON
import Sharing

/// A batch of which some items can be taken and some cannot: the good ones go on as the message, the others lie with the
/// operators as a message of their own.
package struct BatchSplit: Sendable {
  /// As it came.
  package let message: IncomingMessage
  /// The message with what can be taken, where there is any.
  package let taken: IncomingMessage?
  /// The others, under an id of their own, so that they can be mended and replayed.
  package let refused: IncomingMessage
  /// Why the first of them was refused, and how many there are.
  package let failure: StageFailure
  /// One for each item, in their order.
  package let items: [ReceiptLine.Item]

  /// What the id of the message with the refused items ends in.
  package static let suffix = "/refused"

  /// Nil where the message is no batch, or failed for another reason than one of its items.
  init?(_ message: IncomingMessage, _ failure: StageFailure, _ pipeline: IntakePipeline, at time: Instant) {
    guard failure.stage == .validate || failure.stage == .read, !message.messageID.hasSuffix(Self.suffix),
      let identified = try? pipeline.identify(message),
      let format = pipeline.configuration.formats.format(identified.format) as? any BatchFormat,
      identified.document.root.isArray, identified.document.root.count > 1
    else { return nil }
    var items: [ReceiptLine.Item] = []
    var good: [JSONValue] = []
    var bad: [JSONValue] = []
    for (index, item) in identified.document.root.elements.enumerated() {
      let place = JSONPointer(tokens: [String(index)])
      var reason = Self.failure(format.errors(item: item, at: place))
      if reason == nil, failure.stage == .read {
        reason = Self.failure(reading: item, at: place, identified, message, pipeline, time)
      }
      items.append(ReceiptLine.Item(number: index + 1, failure: reason))
      if reason == nil { good.append(item) } else { bad.append(item) }
    }
    // Where each can be taken by itself, it failed as a whole.
    guard let first = items.lazy.compactMap(\.failure).first else { return nil }
    let isLines = message.body.first { $0 > 0x20 } == UInt8(ascii: "{")
    var refused = message
    refused.messageID += Self.suffix
    refused.body = Self.text(bad, isLines)
    refused.headers.isSigned = false
    var taken = message
    taken.body = Self.text(good, isLines)
    // What its sender signed was another text.
    taken.headers.isSigned = false
    var failure = first
    failure.detail = "\(bad.count) of \(items.count) items were refused; the first: \(first.detail)"
    self.failure = failure
    self.items = items
    self.message = message
    self.refused = refused
    self.taken = good.isEmpty ? nil : taken
  }

  private static func failure(_ errors: [Finding]) -> StageFailure? {
    guard let failure = FormatFailure(errors) else { return nil }
    var reason = StageFailure(.validate, failure)
    reason.rule = errors.first?.rule
    return reason
  }

  private static func failure(
    reading item: JSONValue, at place: JSONPointer, _ identified: IdentifiedMessage, _ message: IncomingMessage,
    _ pipeline: IntakePipeline, _ time: Instant
  ) -> StageFailure? {
    guard let document = try? JSONDocument(Array(item.source)) else { return nil }
    var alone = identified
    alone.document = document
    do throws(StageFailure) {
      _ = try pipeline.read(alone, message, at: time)
      return nil
    } catch {
      var failure = error
      failure.location = place.description + (error.location ?? "")
      return failure
    }
  }

  private static func text(_ items: [JSONValue], _ isLines: Bool) -> [UInt8] {
    var text: [UInt8] = isLines ? [] : [UInt8(ascii: "[")]
    for (index, item) in items.enumerated() {
      if index > 0 { text.append(UInt8(ascii: isLines ? "\n" : ",")) }
      text += item.source
    }
    if !isLines { text.append(UInt8(ascii: "]")) }
    return text
  }
}

extension IdentifiedMessage {
  /// How many items it has, where it is a batch that was taken whole.
  var itemCount: Int? {
    guard FormatCatalogue.format(format) is any BatchFormat, document.root.isArray else { return nil }
    return document.root.count
  }
}

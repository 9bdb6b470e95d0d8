import AMQP
import Adapters
import Contract
import Formats
import JSON
package import Ledger
import Sharing

/// Finds the message that a delivery is made of: in memory where it came in a moment ago, else in the ledger, where it
/// is read once more just as it was at intake (rule 6).
struct DeliveryLoader: Sendable {
  let context: HubContext

  /// - Throws: ``StageFailure`` where the payload is gone or cannot be read any more; ``LedgerError``.
  func load(_ delivery: PendingDelivery) async throws -> DeliverySource {
    if let recent = context.recent.find(delivery.message) {
      return DeliverySource(message: recent.message, read: recent.read, acceptedAt: recent.acceptedAt)
    }
    return try await load(message: delivery.message)
  }

  /// The same from the ledger alone.
  func load(message number: Int64) async throws -> DeliverySource {
    guard let kept = try await context.ledger.kept(messages: [number])[number] else {
      throw StageFailure(.write, .payloadGone, "The ledger has no message \(number).")
    }
    return try await load(kept)
  }

  /// The same of a message that was looked up.
  func load(_ kept: KeptMessage) async throws -> DeliverySource {
    let body: [UInt8]
    do {
      body = try await context.ledger.payload(of: kept)
    } catch {
      guard error.code == .payloadGone || error.code == .notFound else { throw error }
      throw StageFailure(.write, .payloadGone, "The payload of the message is gone: \(error.reason).")
    }
    let message = try IncomingMessage(kept.row, body: body)
    let acceptedAt = kept.row.acceptedAt ?? kept.row.receivedAt
    let pipeline = IntakePipeline(configuration: context.current.configuration, keys: context.keys)
    let read = try pipeline.read(pipeline.identifyAgain(message), message, at: acceptedAt)
    return DeliverySource(message: message, read: read, acceptedAt: acceptedAt)
  }
}

extension IntakePipeline {
  /// Recognises a message that was accepted before, whatever its sender may send today.
  func identifyAgain(_ message: IncomingMessage) throws(StageFailure) -> IdentifiedMessage {
    do {
      if let format = message.acceptedFormat, !FormatID.builtIn.contains(format) || format == .stix20 {
        return try configuration.formats.identify(message.body, as: format, maximumBytes: .max)
      }
      return try configuration.formats.identify(
        message.body, contentType: message.contentType, hint: message.type,
        sends: configuration.agencies[message.sender]?.sends ?? [], maximumBytes: .max)
    } catch {
      throw StageFailure(.identify, error)
    }
  }
}

extension IncomingMessage {
  /// A message as the ledger kept it.
  /// - Throws: ``StageFailure`` where its headers cannot be read any more.
  package init(_ row: MessageRow, body: [UInt8]) throws(StageFailure) {
    let headers: SenderHeaders
    do {
      // Whoever may not say it was refused when it came.
      headers = try SenderHeaderReader.read(
        AMQPTable(canonical: JSONDocument(row.headers).root), isPeer: true)
    } catch let failure as StageFailure {
      throw failure
    } catch {
      // Without them nobody knows how far the sender narrowed it.
      throw StageFailure(.read, .notReadable, "The headers that the ledger kept cannot be read: \(error).")
    }
    self.init(
      sender: row.sender, messageID: row.messageID, isDerivedID: row.derivedID, publishedLane: row.publishedLane,
      body: body, type: row.type, contentType: row.contentType, headers: headers, headersJSON: row.headers,
      traceparent: row.traceparent, isRedelivered: false, editOf: row.editOf)
    acceptedFormat = row.format
    // What its sender signed was another text.
    if editOf != nil { self.headers.isSigned = false }
  }
}

extension AMQPTable {
  /// The table that ``SenderHeaderReader/canonicalJSON(_:)`` wrote.
  init(canonical object: JSONValue) {
    self.init()
    for (key, value) in object.members {
      switch value.kind {
      case .bool: self[key] = .bool(value.bool ?? false)
      case .array: self[key] = .array(value.elements.compactMap { $0.string.map { .string($0) } })
      default: self[key] = .string(value.string ?? "")
      }
    }
  }
}

import Crypto

/// Puts the content of one channel together: a method, a content header, and body frames until the size announced.
struct ContentAssembler: Sendable {
  /// What the content belongs to.
  enum Carrier: Sendable, Equatable {
    case delivery(DeliveredMessage)
    case got(DeliveredMessage)
    case returned(ReturnedMessage)

    var isReturn: Bool { if case .returned = self { true } else { false } }
  }

  struct Content: Sendable, Equatable {
    var carrier: Carrier
    var header: ContentHeader
    var body: [UInt8]
    /// SHA-256 of a body that was longer than what we keep, and is not there.
    var oversizeDigest: [UInt8]?
  }

  enum Step: Sendable, Equatable {
    case more
    case complete(Content)
    case violation(String)
  }

  /// Room behind each body, so that a parser may read past its end.
  static let slack = 64

  /// A body that has come in one piece.
  static func body(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(bytes.count + slack)
    body.append(addingCapacity: bytes.count) { span in
      span.withUnsafeMutableBufferPointer { room, count in
        UnsafeMutableRawBufferPointer(room).copyMemory(from: bytes)
        count = bytes.count
      }
    }
    return body
  }

  private var carrier: Carrier?
  private var header: ContentHeader?
  private var body: [UInt8] = []
  private var remaining: UInt64 = 0
  private var keeps = false
  private var digest: SHA256?

  var isIdle: Bool { carrier == nil }

  /// How many bytes of a body are still to come.
  var missing: UInt64 { header == nil ? 0 : remaining }

  /// What is set aside for the body under way.
  var reservedBytes: Int { body.capacity }

  /// A method with content came.
  mutating func begin(_ carrier: Carrier) -> Step {
    guard isIdle else { return .violation("a message began before the one before it was whole") }
    self.carrier = carrier
    return .more
  }

  /// Its header came. Bodies over `maximumBodyBytes`, and those of returned messages, are read past.
  mutating func header(_ header: ContentHeader, maximumBodyBytes: Int) -> Step {
    guard let carrier, self.header == nil else { return .violation("a content header came out of turn") }
    self.header = header
    remaining = header.bodySize
    keeps = !carrier.isReturn && header.bodySize <= UInt64(maximumBodyBytes)
    body = []
    digest = keeps || carrier.isReturn ? nil : SHA256()
    if keeps { body.reserveCapacity(Int(header.bodySize) + Self.slack) }
    return remaining == 0 ? complete() : .more
  }

  /// A frame of its body came.
  mutating func body(_ bytes: UnsafeRawBufferPointer) -> Step {
    guard header != nil else { return .violation("a body came out of turn") }
    guard UInt64(bytes.count) <= remaining else { return .violation("a body is longer than announced") }
    if keeps { body.append(contentsOf: bytes) } else { digest?.update(bufferPointer: bytes) }
    remaining -= UInt64(bytes.count)
    return remaining == 0 ? complete() : .more
  }

  /// Gives the body away, to be taken back with at most so many bytes more, and how many are missing of it; nil where it is
  /// not kept, or has no room for so many.
  mutating func lend(atMost more: Int) -> ([UInt8], missing: UInt64)? {
    guard keeps, header != nil, more >= LentBody.smallest, UInt64(more) < remaining else { return nil }
    var lent: [UInt8] = []
    swap(&lent, &body)
    return (lent, remaining)
  }

  mutating func takeBack(_ bytes: consuming [UInt8], received: Int) {
    body = bytes
    remaining -= UInt64(received)
  }

  private mutating func complete() -> Step {
    guard let carrier, let header else { return .violation("a body came out of turn") }
    let content = Content(
      carrier: carrier, header: header, body: body, oversizeDigest: digest.map { Array($0.finalize()) })
    self.carrier = nil
    self.header = nil
    body = []
    return .complete(content)
  }
}

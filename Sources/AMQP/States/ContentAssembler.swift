/// Puts the content of one channel together: a method, a content header, and body frames until the size announced.
struct ContentAssembler: Sendable {
  /// What the content belongs to.
  enum Carrier: Sendable, Equatable {
    case delivery(DeliveredMessage)
    case got(DeliveredMessage)
    case returned(ReturnedMessage)
  }

  struct Content: Sendable, Equatable {
    var carrier: Carrier
    var header: ContentHeader
    var body: [UInt8]
    /// The body was longer than what we keep, and is not there.
    var isOversize: Bool
  }

  enum Step: Sendable, Equatable {
    case more
    case complete(Content)
    case violation(String)
  }

  /// Room behind each body, so that a parser may read past its end.
  static let slack = 64

  private var carrier: Carrier?
  private var header: ContentHeader?
  private var body: [UInt8] = []
  private var remaining: UInt64 = 0
  private var keeps = false

  var isIdle: Bool { carrier == nil }

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
    if case .returned = carrier { keeps = false } else { keeps = header.bodySize <= UInt64(maximumBodyBytes) }
    body = []
    if keeps { body.reserveCapacity(Int(header.bodySize) + Self.slack) }
    return remaining == 0 ? complete() : .more
  }

  /// A frame of its body came.
  mutating func body(_ bytes: UnsafeRawBufferPointer) -> Step {
    guard header != nil else { return .violation("a body came out of turn") }
    guard UInt64(bytes.count) <= remaining else { return .violation("a body is longer than announced") }
    if keeps { body.append(contentsOf: bytes) }
    remaining -= UInt64(bytes.count)
    return remaining == 0 ? complete() : .more
  }

  private mutating func complete() -> Step {
    guard let carrier, let header else { return .violation("a body came out of turn") }
    let isReturn = if case .returned = carrier { true } else { false }
    let content = Content(carrier: carrier, header: header, body: body, isOversize: !keeps && !isReturn)
    self.carrier = nil
    self.header = nil
    body = []
    return .complete(content)
  }
}

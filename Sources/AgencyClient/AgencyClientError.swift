public import AMQP

/// What went wrong on the agency's side of the wire.
public struct AgencyClientError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of trouble. More kinds may come: a `switch` over them needs a default.
  public struct Code: Sendable, Equatable, Hashable, CustomStringConvertible {
    enum Kind: String, Sendable {
      case refused, unpublished, noReceipt, shutDown, cancelled, storage, configuration
    }

    let kind: Kind

    /// The broker refuses this message (no right to its routing key, a property it does not take): it will never take
    /// it as it is. Where there is a spool, the message lies in its folder `refused`.
    public static let refused = Code(kind: .refused)
    /// The message is published and confirmed; its receipt did not come in the time given.
    public static let noReceipt = Code(kind: .noReceipt)
    /// The producer ends. A message that is spooled is published after its next start.
    public static let shutDown = Code(kind: .shutDown)
    /// The task that waited was cancelled. The message is published all the same, unless there is no spool and the
    /// producer ends before.
    public static let cancelled = Code(kind: .cancelled)
    /// The disk did not take or give something.
    public static let storage = Code(kind: .storage)
    /// The broker refuses us (wrong password, no such virtual host or queue), or the client is set up in a way that
    /// cannot work: trying again changes nothing.
    public static let configuration = Code(kind: .configuration)

    /// The name of the kind.
    public var description: String { kind.rawValue }
  }

  /// The kind of trouble.
  public var code: Code
  /// One sentence for a person.
  public var message: String
  /// What the broker's client said, where it was the reason.
  public var cause: AMQPError?

  /// An error with a sentence for a person, and what the broker's client said.
  public init(code: Code, message: String, cause: AMQPError? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// The kind and the sentence.
  public var description: String { "\(code): \(message)" }

  static func storage(_ what: String, _ path: String, _ reason: String) -> AgencyClientError {
    AgencyClientError(code: .storage, message: "\(path) cannot be \(what): \(reason)")
  }
}

/// What went wrong with a private node or with the management API, in one sentence that says what to do about it.
package struct BrokerError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: Sendable, Hashable {
    /// The programs of RabbitMQ or Erlang are not on this machine.
    case notInstalled
    /// A port that the node needs is held by somebody else.
    case portTaken
    /// The node ended by itself, or never came up.
    case nodeDied
    /// The node lives, and was not ready in time.
    case notReady
    /// A folder or a file could not be made, or a process not be started.
    case system
    /// Nobody answers at the address.
    case unreachable
    /// The broker does not know the user, or the password is another.
    case unauthorized
    /// The user may not do this.
    case forbidden
    /// What the request names does not exist.
    case notFound
    /// The broker refused the request, and said why.
    case refused
    /// The answer is none that the management API gives.
    case badAnswer
  }

  package var code: Code
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}

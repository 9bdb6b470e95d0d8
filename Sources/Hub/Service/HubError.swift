/// What keeps the hub from starting or going on, in one sentence that says what to do.
package struct HubError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of trouble it is.
  package struct Code: Hashable, Sendable {
    private enum Kind { case secrets, broker, configuration, ledger }
    private let kind: Kind
    /// The secrets folder is missing, unreadable or open to others.
    package static let secrets = Code(kind: .secrets)
    /// The broker is not there, or not as the topology says.
    package static let broker = Code(kind: .broker)
    /// The configuration cannot be used.
    package static let configuration = Code(kind: .configuration)
    /// The ledger cannot be opened or written.
    package static let ledger = Code(kind: .ledger)
  }

  package let code: Code
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}

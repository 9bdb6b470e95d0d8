package import Broker

/// A virtual host of one test, with a user who may do everything in it and nothing elsewhere.
package struct TestVhost: Sendable {
  package let name: String
  package let user: String
  package let password: String
  package let host = "127.0.0.1"
  package let port: UInt16
  package let management: ManagementAPI

  /// `amqp://user:password@127.0.0.1:port/vhost`, for programs that take one.
  package var url: String { "amqp://\(user):\(password)@\(host):\(port)/\(name)" }
}

/// A name of one test that begins the names of all virtual hosts and users it makes.
package struct TestPrefix: Sendable {
  /// `t3f09a1c2d4e5-`.
  package let text: String
  package let host = "127.0.0.1"
  package let port: UInt16
  package let managementPort: UInt16
  /// As the broker's administrator.
  package let management: ManagementAPI
  package let administrator: String
  package let administratorPassword: String
}

extension SharedBroker {
  /// Runs a test in a virtual host of its own, which is deleted afterwards, whatever the test did.
  package static func withVhost<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TestVhost) async throws -> Result
  ) async throws -> Result {
    try await shared().withVhost(body)
  }

  /// Runs a test with a prefix; the virtual hosts and users whose names begin with it are deleted afterwards.
  package static func withPrefix<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TestPrefix) async throws -> Result
  ) async throws -> Result {
    try await shared().withPrefix(body)
  }

  /// As the static function of this name, on this broker.
  package func withVhost<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TestVhost) async throws -> Result
  ) async throws -> Result {
    let name = Self.uniqueName()
    let vhost = TestVhost(
      name: name, user: name, password: Self.uniqueName(), port: port, management: management)
    return try await Self.gate.pass {
      try await cleaning {
        try await management.putVhost(name)
        try await management.putUser(name, password: vhost.password)
        try await management.putPermissions(name, in: name)
        return try await body(vhost)
      } afterwards: {
        try await management.deleteVhost(name)
        try await management.deleteUser(name)
      }
    }
  }

  /// As the static function of this name, on this broker.
  package func withPrefix<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TestPrefix) async throws -> Result
  ) async throws -> Result {
    let prefix = TestPrefix(
      text: Self.uniqueName() + "-", port: port, managementPort: node.managementPort, management: management,
      administrator: node.user, administratorPassword: node.password)
    return try await Self.gate.pass {
      try await cleaning {
        try await body(prefix)
      } afterwards: {
        for vhost in try await management.vhostNames() where vhost.hasPrefix(prefix.text) {
          try await management.deleteVhost(vhost)
        }
        for user in try await management.userNames() where user.hasPrefix(prefix.text) {
          try await management.deleteUser(user)
        }
      }
    }
  }

  /// What the body threw wins over what cleaning up threw.
  private func cleaning<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result,
    afterwards: () async throws -> Void
  ) async throws -> Result {
    let result: Result
    do {
      result = try await body()
    } catch {
      try? await afterwards()
      throw error
    }
    try await afterwards()
    return result
  }

  private static let gate = Gate(width: 8)

  private static func uniqueName() -> String {
    "t" + String(UInt64.random(in: 0..<(1 << 48)), radix: 16)
  }
}

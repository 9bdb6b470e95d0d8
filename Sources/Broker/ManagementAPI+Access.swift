package import JSON

/// Virtual hosts, users, permissions.
extension ManagementAPI {
  /// Asks who we are: the cheapest proof that broker, user and password are right. Gives the user's tags.
  @discardableResult
  package func whoAmI() async throws(BrokerError) -> [String] {
    try await get(["whoami"])["tags"]?.elements.compactMap(\.string) ?? []
  }

  package func vhostNames() async throws(BrokerError) -> [String] {
    try await get(["vhosts"]).elements.compactMap { $0["name"]?.string }
  }

  package func putVhost(_ name: String) async throws(BrokerError) {
    try await call("PUT", ["vhosts", name], body: .object { _ in })
  }

  /// Deletes a virtual host with all that is in it, messages too, and closes its connections. No error when absent.
  package func deleteVhost(_ name: String) async throws(BrokerError) { try await delete(["vhosts", name]) }

  package func userNames() async throws(BrokerError) -> [String] {
    try await get(["users"]).elements.compactMap { $0["name"]?.string }
  }

  /// Makes a user, or gives it this password and these tags.
  package func putUser(_ name: String, password: String, tags: [String] = []) async throws(BrokerError) {
    try await call(
      "PUT", ["users", name],
      body: .object {
        $0.member("password", password)
        $0.member("tags", tags.joined(separator: ","))
      })
  }

  /// Deletes a user and closes its connections. No error when absent.
  package func deleteUser(_ name: String) async throws(BrokerError) { try await delete(["users", name]) }

  /// Lets a user act in a virtual host; each pattern is a regular expression over names. Channels that are open keep
  /// what they were allowed: see `closeConnections`.
  package func putPermissions(
    _ user: String, in vhost: String, configure: String = ".*", write: String = ".*", read: String = ".*"
  ) async throws(BrokerError) {
    try await call(
      "PUT", ["permissions", vhost, user],
      body: .object {
        $0.member("configure", configure)
        $0.member("write", write)
        $0.member("read", read)
      })
  }

  /// Shuts a user out of a virtual host. No error when it was not let in.
  package func deletePermissions(_ user: String, in vhost: String) async throws(BrokerError) {
    try await delete(["permissions", vhost, user])
  }

  /// Closes all connections of a user.
  package func closeConnections(of user: String) async throws(BrokerError) {
    try await delete(["connections", "username", user])
  }
}

extension JSONWriter {
  /// A text that is one object.
  package static func object(_ body: (inout JSONWriter) -> Void) -> JSONWriter {
    var writer = JSONWriter()
    writer.object(body)
    return writer
  }
}

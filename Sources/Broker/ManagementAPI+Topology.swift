package import JSON

/// A queue as the management API counts it. The counts lag some seconds; those of a new queue are missing at first.
package struct QueueStatus: Sendable, Equatable {
  package var vhost: String
  package var name: String
  /// `quorum`, `classic` or `stream`.
  package var type: String
  package var messages: Int?
  /// What the queue holds because it cannot dead-letter it: invisible to consumers.
  package var heldFromDeadLettering: Int?
  /// The bodies of its messages together.
  package var bytes: Int?
}

/// Definitions, policies, parameters, queues.
extension ManagementAPI {
  /// Everything that the broker is told to have, or a virtual host of it, in the broker's own form.
  package func definitions(of vhost: String? = nil) async throws(BrokerError) -> JSONValue {
    try await get(["definitions"] + (vhost.map { [$0] } ?? []))
  }

  /// Adds what a text in that form names. What exists under the same name with other arguments stays as it is and is
  /// not reported; what is refused leaves the rest half done.
  package func importDefinitions(_ definitions: JSONWriter, into vhost: String? = nil) async throws(BrokerError) {
    try await call("POST", ["definitions"] + (vhost.map { [$0] } ?? []), body: definitions)
  }

  /// Makes a policy, or gives it this content. `applyTo`: `queues`, `exchanges` or `all`.
  package func putPolicy(
    _ name: String, in vhost: String, pattern: String, applyTo: String = "queues", priority: Int = 0,
    definition: (inout JSONWriter) -> Void
  ) async throws(BrokerError) {
    let body = JSONWriter.object { writer in
      writer.member("pattern", pattern)
      writer.member("apply-to", applyTo)
      writer.member("priority", priority)
      writer.key("definition")
      writer.object(definition)
    }
    try await call("PUT", ["policies", vhost, name], body: body)
  }

  package func deletePolicy(_ name: String, in vhost: String) async throws(BrokerError) {
    try await delete(["policies", vhost, name])
  }

  /// Sets a runtime parameter of a component (`shovel`, `vhost-limits`); `value` writes one JSON value.
  package func putParameter(
    _ name: String, of component: String, in vhost: String, value: (inout JSONWriter) -> Void
  ) async throws(BrokerError) {
    let body = JSONWriter.object { writer in writer.member("value", value) }
    try await call("PUT", ["parameters", component, vhost, name], body: body)
  }

  package func deleteParameter(_ name: String, of component: String, in vhost: String) async throws(BrokerError) {
    try await delete(["parameters", component, vhost, name])
  }

  package func putExchange(_ name: String, in vhost: String, type: String) async throws(BrokerError) {
    let body = JSONWriter.object { writer in
      writer.member("type", type)
      writer.member("durable", true)
    }
    try await call("PUT", ["exchanges", vhost, name], body: body)
  }

  /// Makes a durable queue of this type, or finds that it is there; refused when it is there as another.
  package func putQueue(_ name: String, in vhost: String, type: String = "quorum") async throws(BrokerError) {
    let body = JSONWriter.object { writer in
      writer.member("durable", true)
      writer.member("arguments") { $0.object { $0.member("x-queue-type", type) } }
    }
    try await call("PUT", ["queues", vhost, name], body: body)
  }

  /// Deletes a queue and the messages in it. No error when absent.
  package func deleteQueue(_ name: String, in vhost: String) async throws(BrokerError) {
    try await delete(["queues", vhost, name])
  }

  package func deleteBinding(
    from source: String, to destination: String, isToExchange: Bool = false, key: String, in vhost: String
  ) async throws(BrokerError) {
    let path = ["bindings", vhost, "e", source, isToExchange ? "e" : "q", destination]
    // The API names a binding by its key and, where it has some, its arguments.
    for binding in try await get(path).elements where binding["routing_key"]?.string == key {
      guard let name = binding["properties_key"]?.string else { continue }
      try await delete(path + [name])
    }
  }

  package func queues(in vhost: String) async throws(BrokerError) -> [QueueStatus] {
    try await get(["queues", vhost], query: Self.columns).elements.map(Self.status)
  }

  /// The queues of all virtual hosts.
  package func allQueues() async throws(BrokerError) -> [QueueStatus] {
    try await get(["queues"], query: Self.columns).elements.map(Self.status)
  }

  package func queue(_ name: String, in vhost: String) async throws(BrokerError) -> QueueStatus {
    Self.status(try await get(["queues", vhost, name]))
  }

  private static let columns = "?columns=vhost,name,type,messages,messages_dlx,message_bytes"

  private static func status(_ queue: JSONValue) -> QueueStatus {
    QueueStatus(
      vhost: queue["vhost"]?.string ?? "", name: queue["name"]?.string ?? "", type: queue["type"]?.string ?? "classic",
      messages: queue["messages"]?.integer.map(Int.init),
      heldFromDeadLettering: queue["messages_dlx"]?.integer.map(Int.init),
      bytes: queue["message_bytes"]?.integer.map(Int.init))
  }
}

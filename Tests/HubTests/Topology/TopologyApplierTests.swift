import Broker
import BrokerTestSupport
import Contract
import JSON
import Sharing
import Testing

@testable import Hub

@Suite struct TopologyApplierTests {
  @Test func `a queue that stands as something else is refused, and nothing is changed`() async throws {
    try await Exchange.with { exchange in
      let management = exchange.prefix.management
      try await management.putVhost(exchange.cisa)
      try await management.putQueue("inbox.threat", in: exchange.cisa, type: "classic")
      let error = await #expect(throws: HubError.self) { try await exchange.applier.apply(exchange.topology) }
      #expect(error?.code == .broker)
      #expect(error?.message.contains("queue inbox.threat in \(exchange.cisa)") == true)
      #expect(try await management.queues(in: exchange.cisa).map(\.name) == ["inbox.threat"])
      #expect(try await !management.vhostNames().contains(exchange.enisa))
    }
  }

  @Test func `bounds beyond the disk are refused, and nothing is changed`() async throws {
    try await Exchange.with { exchange in
      var limits = HubSettings.Limits()
      limits.inboxBytes = 1 << 50
      let topology = try exchange.topology(limits: limits)
      // Asks the broker itself how much room there is.
      let applier = TopologyApplier(management: exchange.prefix.management)
      let error = await #expect(throws: HubError.self) { try await applier.apply(topology) }
      #expect(error?.message.contains("room for") == true)
      #expect(try await !exchange.prefix.management.vhostNames().contains(exchange.cisa))
    }
  }

  @Test func `a user whose password nobody knows is not made`() async throws {
    try await Exchange.with { exchange in
      let topology = try exchange.topology(passwords: [:])
      let error = await #expect(throws: HubError.self) { try await exchange.applier.apply(topology) }
      #expect(error?.code == .secrets)
      #expect(try await !exchange.prefix.management.vhostNames().contains(exchange.cisa))
    }
  }

  @Test func `a broker that is away is told as such`() async throws {
    let applier = TopologyApplier(management: ManagementAPI(port: 1, user: "a", password: "b"))
    let topology = try Topology(
      prefix: "", agencies: [:], hubUser: "h", administrator: "a", limits: .init(), hubPassword: nil, passwords: [:])
    let error = await #expect(throws: HubError.self) { try await applier.apply(topology) }
    #expect(error?.code == .broker)
    #expect(error?.message.contains("127.0.0.1:1") == true)
  }

  @Test func `applied twice, the second time finds nothing to do`() async throws {
    try await Exchange.with { exchange in
      let first = try await exchange.applier.apply(exchange.topology)
      #expect(first.unchanged == 0)
      let second = try await exchange.applier.apply(exchange.topology)
      #expect(second.steps.isEmpty)
      #expect(second.unchanged == exchange.topology.items.count)
    }
  }

  @Test func `what drifted comes back, and a new limit arrives`() async throws {
    try await Exchange.with { exchange in
      let management = exchange.prefix.management
      try await exchange.applier.apply(exchange.topology)
      try await management.putPermissions(exchange.cisa, in: exchange.cisa)
      try await management.putUser(exchange.cisa, password: "another")
      try await management.deletePolicy("entente-outbox", in: exchange.cisa)
      try await management.deleteQueue("receipts", in: exchange.enisa)
      var limits = HubSettings.Limits()
      limits.deliveryLimit = 7
      let plan = try await exchange.applier.apply(exchange.topology(limits: limits))
      #expect(
        Set(plan.imported) == [
          .permissions(user: exchange.cisa, vhost: exchange.cisa), .user(exchange.cisa),
          .policy("entente-outbox", vhost: exchange.cisa), .queue("receipts", vhost: exchange.enisa),
          .policy("entente-intake.incident", vhost: exchange.cisa),
          .policy("entente-intake.threat", vhost: exchange.cisa),
          .policy("entente-intake.incident", vhost: exchange.enisa),
          .policy("entente-intake.threat", vhost: exchange.enisa),
        ])
      let again = try await exchange.applier.plan(exchange.topology(limits: limits))
      // What hung on the queue went with it, and came back with it.
      #expect(again.steps.isEmpty)
    }
  }

  @Test func `extras go one by one, a queue with messages only when told`() async throws {
    try await Exchange.with { exchange in
      let management = exchange.prefix.management
      let applier = exchange.applier
      try await applier.apply(exchange.topology)
      let spare = TopologyItem.queue("spare", vhost: exchange.cisa)
      let shortcut = TopologyItem.binding(
        .init(source: "outbox", destination: "spare", key: "incident.x"), vhost: exchange.cisa)
      try await management.putQueue("spare", in: exchange.cisa)
      try await management.call(
        "POST", ["bindings", exchange.cisa, "e", "outbox", "q", "spare"],
        body: .object { $0.member("routing_key", "incident.x") })
      try await exchange.asCISA { channel async throws in
        try await channel.publish("one", key: "incident.x")
      }
      #expect(try await applier.plan(exchange.topology).extras == [spare, shortcut])

      try await eventually("the count is known") {
        try await management.queue("spare", in: exchange.cisa).messages == 1
      }
      let error = await #expect(throws: HubError.self) { try await applier.remove(spare) }
      #expect(error?.message.contains("holds 1 messages") == true)

      try await applier.remove(shortcut)
      try await applier.remove(spare, evenWithMessages: true)
      #expect(try await applier.plan(exchange.topology).steps.isEmpty)
    }
  }

  @Test func `an agency that left is removed with its empty virtual host`() async throws {
    try await Exchange.with { exchange in
      let applier = exchange.applier
      try await applier.apply(exchange.topology)
      let rest = try exchange.topology(agencies: [AgencyID("us-cisa")!: false])
      let extras = try await applier.plan(rest).extras
      #expect(extras == [.user(exchange.enisa), .vhost(exchange.enisa)])
      try await eventually("the counts are known") {
        try await exchange.prefix.management.queues(in: exchange.enisa).allSatisfy { $0.messages == 0 }
      }
      for extra in extras { try await applier.remove(extra) }
      #expect(try await applier.plan(rest).steps.isEmpty)
    }
  }
}

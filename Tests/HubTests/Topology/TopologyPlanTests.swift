import Contract
import JSON
import Sharing
import Testing

@testable import Hub

/// The comparison, as values: no broker.
@Suite struct TopologyPlanTests {
  private static let cisa = AgencyID("us-cisa")!
  private static let enisa = AgencyID("eu-enisa")!

  private static func topology(
    _ agencies: [AgencyID: Bool] = [cisa: false], prefix: String = "", hubUser: String = "entente-hub",
    limits: HubSettings.Limits = .init(), brokerMajor: Int = 3
  ) throws -> Topology {
    try Topology(
      prefix: prefix, agencies: agencies, hubUser: hubUser, administrator: "entente-admin", limits: limits,
      hubPassword: nil, passwords: [:], brokerMajor: brokerMajor)
  }

  /// A broker that has exactly this.
  private static func broker(_ topology: Topology) -> BrokerPicture {
    var picture = BrokerPicture()
    picture.items = topology.items
    return picture
  }

  @Test func `an agency with the name of the hub's user is refused`() {
    let error = #expect(throws: HubError.self) {
      _ = try Self.topology([AgencyID("entente-hub")!: false])
    }
    #expect(error?.code == .configuration)
    #expect(error?.message.contains("entente-hub") == true)
  }

  @Test(arguments: [3, 4, 5])
  func `queues without a limit are told so where the broker has one of its own, and only there`(major: Int) throws {
    let items = try Self.topology(brokerMajor: major).items
    for queue in ["inbox.incident", "inbox.threat", "receipts", "intake.dead"] {
      guard case .table(let definition)? = items[.policy("entente-\(queue)", vhost: "us-cisa")]?["definition"] else {
        Issue.record("\(queue) has no policy")
        continue
      }
      #expect(definition["delivery-limit"] == (major >= 4 ? .integer(1_000_000_000) : nil))
    }
    guard case .table(let intake)? = items[.policy("entente-intake.threat", vhost: "us-cisa")]?["definition"] else {
      Issue.record("intake.threat has no policy")
      return
    }
    #expect(intake["delivery-limit"] == .integer(10))
  }

  @Test func `an empty broker needs everything`() throws {
    let topology = try Self.topology()
    let plan = TopologyPlan(topology, on: BrokerPicture())
    #expect(plan.imported.count == topology.items.count)
    #expect(plan.unchanged == 0)
    #expect(!plan.isDone)
  }

  @Test func `a broker that has it all needs nothing`() throws {
    let topology = try Self.topology([Self.cisa: false, Self.enisa: true], prefix: "x-")
    let plan = TopologyPlan(topology, on: Self.broker(topology))
    #expect(plan.isDone)
    #expect(plan.steps.isEmpty)
    #expect(plan.unchanged == topology.items.count)
  }

  @Test func `a queue of another type and an exchange of another type are conflicts`() throws {
    let topology = try Self.topology()
    var broker = Self.broker(topology)
    broker.items[.queue("inbox.threat", vhost: "us-cisa")]?["arguments"] = .table([:])
    broker.items[.exchange("dead", vhost: "us-cisa")]?["type"] = .text("direct")
    let plan = TopologyPlan(topology, on: broker)
    #expect(
      plan.conflicts.map(\.description) == [
        "conflict  exchange dead in us-cisa: type is direct, fanout is wanted",
        "conflict  queue inbox.threat in us-cisa: arguments is {}, {x-queue-type: quorum} is wanted",
      ])
  }

  @Test func `a policy, permissions and tags that differ are changed, and their users disconnected`() throws {
    let topology = try Self.topology()
    var broker = Self.broker(topology)
    broker.items[.policy("entente-receipts", vhost: "us-cisa")]?["pattern"] = .text("^other$")
    broker.items[.permissions(user: "us-cisa", vhost: "us-cisa")]?["configure"] = .text(".*")
    broker.items[.user("us-cisa")]?["tags"] = .list([.text("administrator")])
    let plan = TopologyPlan(topology, on: broker)
    #expect(plan.conflicts.isEmpty)
    #expect(
      Set(plan.imported) == [
        .policy("entente-receipts", vhost: "us-cisa"), .permissions(user: "us-cisa", vhost: "us-cisa"),
        .user("us-cisa"),
      ])
    #expect(plan.usersToDisconnect == ["us-cisa"])
  }

  @Test func `a suspended agency loses its permissions`() throws {
    let topology = try Self.topology([Self.cisa: true])
    var broker = Self.broker(topology)
    broker.items[.permissions(user: "us-cisa", vhost: "us-cisa")] = [:]
    let plan = TopologyPlan(topology, on: broker)
    #expect(plan.removed == [.permissions(user: "us-cisa", vhost: "us-cisa")])
    #expect(plan.usersToDisconnect == ["us-cisa"])
    #expect(!plan.isDone)
  }

  @Test func `what we do not want in a virtual host of ours is told and left`() throws {
    let topology = try Self.topology()
    var broker = Self.broker(topology)
    let extras: [TopologyItem] = [
      .permissions(user: "mallory", vhost: "us-cisa"),
      .topicPermissions(user: "us-cisa", vhost: "us-cisa", exchange: "outbox"),
      .policy("mine", vhost: "us-cisa"), .exchange("shortcut", vhost: "us-cisa"), .queue("spare", vhost: "us-cisa"),
      .binding(.init(source: "outbox", destination: "inbox.threat", key: "#"), vhost: "us-cisa"),
    ]
    for item in extras { broker.items[item] = [:] }
    broker.items[.permissions(user: "entente-admin", vhost: "us-cisa")] = [:]
    let plan = TopologyPlan(topology, on: broker)
    #expect(plan.extras == extras)
    #expect(plan.isDone)
  }

  @Test func `an agency that left is told; another exchange's agencies are not ours to judge`() throws {
    let before = try Self.topology([Self.cisa: false, Self.enisa: false])
    let other = try Self.topology([Self.enisa: false], prefix: "other-")
    var broker = Self.broker(before)
    broker.items.merge(other.items) { first, _ in first }
    let plan = TopologyPlan(try Self.topology([Self.cisa: false]), on: broker)
    #expect(Set(plan.extras) == [.vhost("eu-enisa"), .user("eu-enisa")])
  }

  @Test func `an agency's user that reaches a foreign virtual host is told`() throws {
    let topology = try Self.topology()
    var broker = Self.broker(topology)
    broker.items[.permissions(user: "us-cisa", vhost: "elsewhere")] = [:]
    #expect(TopologyPlan(topology, on: broker).extras == [.permissions(user: "us-cisa", vhost: "elsewhere")])
  }

  @Test func `bounds add up over lanes and agencies`() throws {
    var limits = HubSettings.Limits()
    limits.intakeBytes = 1
    limits.inboxBytes = 10
    limits.deadBytes = 100
    limits.receiptsBytes = 1000
    #expect(try Self.topology([Self.cisa: false, Self.enisa: false], limits: limits).boundBytes == 2 * 1122)
  }

  @Test func `an export of the broker is read whole`() throws {
    let text = """
      {"users":[{"name":"u","password_hash":"ub5KGZtNfUrd15pvW4QTYgQIC5qFVfbN2ntg2wJSYGggAb34",
      "hashing_algorithm":"rabbit_password_hashing_sha256","tags":["administrator"],"limits":{}}],
      "vhosts":[{"name":"v"}],"permissions":[{"user":"u","vhost":"v","configure":"^$","write":"a","read":"b"}],
      "topic_permissions":[{"user":"u","vhost":"v","exchange":"e","write":"","read":""}],
      "parameters":[],"policies":[{"vhost":"v","name":"p","pattern":".*","apply-to":"all",
      "definition":{"max-length":5},"priority":0}],
      "queues":[{"name":"q","vhost":"v","durable":true,"auto_delete":false,"arguments":{"x-max":1.5}}],
      "exchanges":[{"name":"e","vhost":"v","type":"topic","durable":true,"auto_delete":false,"internal":false,
      "arguments":{}}],
      "bindings":[{"source":"e","vhost":"v","destination":"q","destination_type":"queue","routing_key":"k",
      "arguments":{}}]}
      """
    let picture = BrokerPicture(try JSONDocument(Array(text.utf8)).root)
    #expect(
      Set(picture.items.keys) == [
        .user("u"), .vhost("v"), .permissions(user: "u", vhost: "v"),
        .topicPermissions(user: "u", vhost: "v", exchange: "e"), .policy("p", vhost: "v"), .queue("q", vhost: "v"),
        .exchange("e", vhost: "v"), .binding(.init(source: "e", destination: "q", key: "k"), vhost: "v"),
      ])
    #expect(picture.items[.policy("p", vhost: "v")]?["definition"] == .table(["max-length": .integer(5)]))
    // The hash is of the password `pw`, from a broker 3.10.8.
    #expect(picture.isPassword("pw", of: "u") == true)
    #expect(picture.isPassword("pW", of: "u") == false)
    #expect(picture.isPassword("pw", of: "nobody") == nil)
  }
}

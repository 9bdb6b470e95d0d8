import Contract
import Sharing
import Testing

@testable import Hub
@testable import Ledger

/// What has to run, as a function of what was switched.
struct RosterTests {
  private let cisa = AgencyID.known("us-cisa")

  private func switches(_ names: String...) -> Switches {
    Switches(names.map { SwitchRow(name: $0, value: [], operator: "ada", at: Example.now) })
  }

  private func roster(_ switches: Switches, takesIn: Bool = true) throws -> Roster {
    Roster(try Example.configuration(), switches, takesIn: takesIn)
  }

  @Test(arguments: ["pause/", "pause/lane/slow", "pause/agency/", "pause/agency/Not A Slug", "pause/intake/x", "else"])
  func `a switch that nobody knows pauses nothing`(name: String) throws {
    #expect(try roster(switches(name)) == roster(Switches()))
  }

  @Test func `in quarantine nothing runs`() throws {
    #expect(try roster(switches("quarantine")).posts.isEmpty)
  }

  @Test func `an alarm keeps everything out, and deliveries and receipts go on`() throws {
    let posts = try roster(Switches(), takesIn: false).posts
    for agency in try Example.configuration().agencies.keys {
      #expect(posts[.intake(agency)] == nil)
      #expect(posts[.outlet(agency)]?.lanes == [.incident, .threat])
    }
  }

  @Test func `a paused agency is not heard and still gets its mail`() throws {
    let posts = try roster(switches("pause/agency/us-cisa")).posts
    #expect(posts[.intake(cisa)] == nil)
    #expect(posts[.outlet(cisa)]?.lanes == [.incident, .threat])
    #expect(posts[.intake(.known("eu-enisa"))]?.lanes == [.incident, .threat])
  }

  @Test func `a paused recipient is heard, and gets its receipts alone`() throws {
    let posts = try roster(switches("pause/recipient/us-cisa")).posts
    #expect(posts[.intake(cisa)] != nil)
    #expect(posts[.outlet(cisa)]?.lanes == [])
  }

  @Test func `a paused lane stops in both directions, for everybody`() throws {
    let posts = try roster(switches("pause/lane/threat")).posts
    #expect(Set(posts.values.map(\.lanes)) == [[.incident]])
  }

  @Test func `paused intake stops all that comes in`() throws {
    let posts = try roster(switches("pause/intake")).posts
    #expect(posts.keys.allSatisfy { if case .outlet = $0 { true } else { false } })
  }

  @Test func `a suspended agency is not heard, and by its terms gets nothing`() throws {
    let configuration = try Example.configuration()
    let switched = switches("suspend/us-cisa")
    #expect(try roster(switched).posts[.intake(cisa)] == nil)
    #expect(configuration.suspending(switched.suspended).agencies[cisa]?.isSuspended == true)
    #expect(configuration.suspending(switched.suspended).agencies.values.filter(\.isSuspended).count == 1)
    #expect(configuration.suspending(switched.suspended).digest == configuration.digest)
  }

  @Test func `names of targets are read as they are written`() {
    for target in [.intake, .agency(cisa), .recipient(cisa), .lane(.incident), .lane(.threat)] as [Switches.Target] {
      #expect(Switches.Target(name: target.name) == target)
    }
  }
}

/// When intake stops by itself, and when it goes on.
struct GuardsTests {
  private var flow: HubSettings.Flow {
    var flow = HubSettings.Flow()
    flow.reserveBytes = 100
    return flow
  }

  @Test func `it stops below the reserve and comes back only with some room more`() {
    var guards = Guards()
    let steps: [(free: Int?, takesIn: Bool)] = [
      (nil, true), (101, true), (99, false), (101, false), (124, false), (125, true), (101, true), (0, false),
    ]
    for step in steps {
      guards.look(free: step.free, room: nil, blocked: nil, flow: flow)
      #expect(guards.takesIn == step.takesIn, "\(step)")
    }
    #expect(guards.alarms.keys.sorted() == ["disk"])
  }

  @Test func `a ledger near its own limit keeps a quarter of it at most`() {
    var guards = Guards()
    func look(_ used: Int, _ maximum: Int?) -> Bool {
      guards.look(free: nil, room: LedgerRoom(usedBytes: used, maximumBytes: maximum), blocked: nil, flow: flow)
      return guards.takesIn
    }
    #expect(look(1_000_000, nil))
    #expect(look(899, 1000))
    #expect(!look(901, 1000))
    #expect(!look(880, 1000))
    #expect(look(875, 1000))
    // Of 200 bytes the reserve of 100 would be half.
    #expect(look(149, 200))
    #expect(!look(151, 200))
  }

  @Test func `a broker that stops publishers stops intake for as long`() {
    var guards = Guards()
    guards.look(free: nil, room: nil, blocked: "low on memory", flow: flow)
    #expect(guards.alarms["broker"]?.contains("low on memory") == true)
    guards.look(free: nil, room: nil, blocked: nil, flow: flow)
    #expect(guards.takesIn)
  }
}

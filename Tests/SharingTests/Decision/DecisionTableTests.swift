import Testing

@testable import Sharing

@Suite struct DecisionTableTests {
  @Test(arguments: Scenario.peers)
  func `what went wrong elsewhere`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.attacks)
  func `what somebody might try`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.markings)
  func `markings`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.references)
  func `references`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.restrictions)
  func `restrictions`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.grants)
  func `grants`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.agreements)
  func `agreed, signed, or taken back`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.conditions)
  func `sectors, groups, actions and handling that a grant asks for`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.handling)
  func `markings of other schemes`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.spokenLabels)
  func `labels where no marking stands`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.onward)
  func `what came from elsewhere`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.subscriptions)
  func `what a recipient asked for`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.holds)
  func `what waits, and for whom`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.personal)
  func `personal data, under each transfer tool`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test(arguments: Scenario.attribution)
  func `who may not be named`(_ scenario: Scenario) throws {
    #expect(try scenario.outcome() == scenario.expected)
  }

  @Test func `the table has at least 200 rows, each with a title of its own`() {
    #expect(Scenario.all.count >= 200)
    #expect(Set(Scenario.all.map(\.title)).count == Scenario.all.count)
  }
}

extension Scenario {
  static var all: [Scenario] {
    let first = peers + attacks + markings + references + restrictions + grants
    return first + agreements + conditions + handling + spokenLabels + onward + subscriptions + holds + personal
      + attribution
  }
}

import Testing

@testable import Sharing

@Suite struct DecisionTableTests {
  @Test(arguments: Scenario.peers)
  func `what went wrong elsewhere`(_ scenario: Scenario) throws {
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

  @Test func `the table has at least 60 rows, each with a title of its own`() {
    let all = Scenario.peers + Scenario.markings + Scenario.references + Scenario.restrictions + Scenario.grants
    #expect(all.count >= 60)
    #expect(Set(all.map(\.title)).count == all.count)
  }
}

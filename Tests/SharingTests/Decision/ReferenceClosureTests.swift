import JSON
import Testing

@testable import Sharing

/// Messages made to be hard on the search for what falls.
@Suite struct ReferenceClosureTests {
  private func decide(_ lines: [String]) throws -> [Decision] {
    let configuration = Configuration(
      agencies: try TestTerms.agencies([:]), arrangements: [try TestTerms.arrangement("", number: 1)])
    return configuration.decide(try TestMessage.submission(TestMessage(lines.joined(separator: "\n")).bundle(), ""))
  }

  @Test func `a long chain falls to its end, and a report of all of it with it`() throws {
    let count = 600
    var lines = ["indicator o0 RED", "indicator open GREEN"]
    for index in 1...count { lines.append("grouping o\(index) GREEN object_refs=o\(index - 1)") }
    lines.append("report all GREEN object_refs=" + (0...count).map { "o\($0)" }.joined(separator: ","))
    let decision = try #require(try decide(lines).first)
    #expect(decision.keep == [1])
    #expect(decision.withheld.count == count + 2)
    #expect(decision.withheld.dropFirst().allSatisfy { $0.rule == .emptied })
  }

  @Test func `a large report keeps what passes, and loses each place of what does not`() throws {
    var lines: [String] = []
    for index in 0..<400 { lines.append("indicator o\(index) \(index.isMultiple(of: 2) ? "GREEN" : "RED")") }
    lines.append("report all GREEN object_refs=" + (0..<400).map { "o\($0)" }.joined(separator: ","))
    let decision = try #require(try decide(lines).first)
    #expect(decision.keep == Array(stride(from: 0, to: 400, by: 2)) + [400])
    let places = stride(from: 1, to: 400, by: 2).map { "/object_refs/\($0)" }
    #expect(decision.removals.map(\.pointer.description) == places)
  }

  @Test func `a cycle of mentions falls when one of them does, and stands when none does`() throws {
    func cycle(_ label: String) -> [String] {
      (0..<50).map { "malware o\($0) \($0 == 25 ? label : "GREEN") description='see {o\(($0 + 1) % 50)}'" }
        + ["indicator open GREEN"]
    }
    #expect(try decide(cycle("RED")).first?.keep == [50])
    #expect(try decide(cycle("GREEN")).first?.outcome == .deliver)
  }
}

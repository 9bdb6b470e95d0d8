import Testing

@testable import Sharing

/// Breaks each safeguard of the decision in turn, in this one build, and sees whether a row of the table notices:
/// `make mutants` prints which ones do.
@Suite struct MutationTests {
  /// Rules that keep nothing back by themselves: they name what others did, or they are what a broken rule falls to.
  private static let passive: Set<DecisionRule> = [
    .granted, .partlyGranted, .residueStays, .redacted, .mentionsWithheld, .nothingLeft,
  ]

  /// Rules that agree with another one on every message, so that breaking one alone changes nothing; with why.
  private static let doubled: [DecisionRule: String] = [
    .kindReserved: "intake refuses reserved kinds, and no grant can name one"
  ]

  static let mutants: [Safeguard] =
    DecisionRule.allCases.filter { !passive.contains($0) && doubled[$0] == nil }.map(Safeguard.rule)
    + FieldClass.allCases.map(Safeguard.treatment)
    + [
      .transferDefaults, .transferTool, .foreignCeilings, .floor, .spokenLabels, .oldAmber, .duties, .computedIDs,
      .providerConsent,
      .restrictions, .holdUntilEnd,
    ]

  @Test func `every broken safeguard is noticed by a row of the table`() throws {
    let rows = try Scenario.all.map { row in
      let message = TestMessage(row.message)
      return (
        row: row, message: message, submission: try TestMessage.submission(message.bundle(), row.sent),
        configuration: try row.configuration()
      )
    }
    func outcome(_ place: Int) -> String {
      let row = rows[place]
      return row.configuration.decide(row.submission).map(row.message.line).joined(separator: "\n")
    }
    let whole = rows.indices.map(outcome)
    var lines: [String] = []
    for mutant in Self.mutants {
      // Rows that name the rule are asked first: most mutants end there.
      let likely = rows.indices.filter { whole[$0].contains(mutant.description) }
      let order = likely + rows.indices.filter { !likely.contains($0) }
      let caught = Safeguard.$broken.withValue(mutant) { order.first { outcome($0) != whole[$0] } }
      #expect(caught != nil, "nothing notices when \(mutant) is broken")
      let words = caught.map { "caught by: \(rows[$0].row.title)" } ?? "NOT CAUGHT"
      lines.append("\(mutant.description.padding(to: 34))\(words)")
    }
    print("mutants: \(Self.mutants.count) over \(rows.count) rows\n" + lines.joined(separator: "\n"))
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}

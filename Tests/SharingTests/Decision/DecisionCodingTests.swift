import Contract
import JSON
import STIX
import Testing

@testable import Sharing

@Suite struct DecisionCodingTests {
  @Test(arguments: [
    "", "{}", "[]", #"{"v":2}"#, #"{"v":1,"to":"beta"}"#,
    #"{"v":1,"to":"beta","outcome":"deliver","rule":"no-such-rule","reason":"x","tlp":"TLP:CLEAR"}"#,
    #"{"v":1,"to":"BETA","outcome":"deliver","rule":"granted","reason":"x","tlp":"TLP:CLEAR"}"#,
  ])
  func `bytes that are no decision are refused`(_ text: String) {
    #expect(throws: DecisionCodingError.self) { try Decision(decoding: Array(text.utf8)) }
  }

  @Test(arguments: [
    #""keep":[1]"#,
    #""keep":[-1,2]"#,
    #""keep":[9223372036854775807,2]"#,
    #""removals":[1,"x"]"#,
    #""withheld":[1,2]"#,
  ])
  func `places that are none are refused`(_ member: String) {
    let text =
      #"{"v":1,"to":"beta","outcome":"deliver","rule":"granted","reason":"x","tlp":"TLP:CLEAR",\#(member)}"#
    #expect(throws: DecisionCodingError.self) { try Decision(decoding: Array(text.utf8)) }
  }

  @Test func `every decision of the table comes back as it was`() throws {
    for scenario in Scenario.peers + Scenario.markings + Scenario.references + Scenario.restrictions + Scenario.grants {
      let submission = try TestMessage.submission(TestMessage(scenario.message).bundle(), scenario.sent)
      for decision in try scenario.configuration().decide(submission) {
        let bytes = decision.encoded()
        let back = try Decision(decoding: bytes)
        #expect(back == decision)
        #expect(back.encoded() == bytes)
      }
    }
  }

  @Test func `a decision with every part comes back as it was`() throws {
    let decision = Decision(
      recipient: AgencyID("eu-enisa")!, outcome: .hold, rule: .needsApproval, arrangement: "pact",
      arrangementVersion: 12, grant: "g", reason: "A \"reason\" with\nlines and Ünïcode.", keep: [0, 1, 2, 7, 9, 10],
      removals: [Removal(object: 2, pointer: JSONPointer(tokens: ["a/b", "~", "3"]))],
      withheld: [WithheldObject(object: 3, rule: .aboveGrant), WithheldObject(object: 4, rule: .emptied)],
      tlp: .amberStrict,
      obligations: Obligations(
        onward: Obligations.Onward.none, retentionDays: 30, pap: .amber, attribution: .mustNot, purposes: []))
    #expect(try Decision(decoding: decision.encoded()) == decision)
  }

  @Test func `the raw values of rules and outcomes are the ones that ledgers hold`() {
    #expect(Set(DecisionRule.allCases.map(\.rawValue)).count == DecisionRule.allCases.count)
    #expect(Decision.Outcome.allCases.map(\.rawValue) == ["deliver", "redact", "hold", "withhold"])
  }
}

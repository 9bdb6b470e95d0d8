import Contract
import STIX
import Testing

@testable import Sharing

@Suite struct ExplanationTests {
  private func explain(
    _ terms: String, _ message: String, sent: String = "", to recipient: String? = nil
  ) throws -> Explanation {
    let configuration = Configuration(
      agencies: try TestTerms.agencies([:]), arrangements: [try TestTerms.arrangement(terms, number: 1)])
    let submission = try TestMessage.submission(TestMessage(message).bundle(), sent)
    return configuration.explain(submission, to: recipient.flatMap(AgencyID.init))
  }

  @Test func `an unknown agency, the sender itself and a partner without a grant each get their reason`() throws {
    func reason(_ agency: String, _ terms: String = "") throws -> String {
      try explain(terms, "indicator open CLEAR", to: agency).recipients[0].reason
    }
    #expect(try reason("nobody") == "nobody is not an agency of this configuration.")
    #expect(try reason("alpha") == "A message is not sent back to its sender.")
    #expect(try reason("gamma") == "No grant of pact lets alpha pass anything to gamma.")
    #expect(
      try reason("gamma", "parties: [alpha, beta]") == "There is no arrangement between alpha and gamma.")
  }

  @Test func `an arrangement that is not in force is the reason`() throws {
    #expect(
      try explain("expires: 2026-11-01", "indicator open CLEAR", to: "beta").recipients[0].reason
        == "grant g of arrangement pact would cover it, but ended at 2026-11-01T00:00:00.000Z.")
    #expect(
      try explain("effective-from: 2027-01-01", "indicator open CLEAR", to: "beta").recipients[0].reason
        == "grant g of arrangement pact would cover it, but holds only from 2027-01-01T00:00:00.000Z.")
  }

  @Test func `what passes, what is cut out, what is withheld and what is owed stand in the text`() throws {
    let explanation = try explain(
      "+ maximum-tlp: TLP:AMBER, obligations: {retention-days: 30, onward: none}",
      """
      indicator open GREEN name='Command server'
      indicator secret RED name='Access point'
      report digest GREEN name=Digest object_refs=open,secret
      """, to: "beta")
    let ids = ["indicator--" + TestMessage.uuid("open"), "indicator--" + TestMessage.uuid("secret")]
    let report = "report--" + TestMessage.uuid("digest")
    #expect(
      explanation.text == """
        From alpha: bundle, 3 objects

        beta: a part of it (partly-granted, grant g of pact, version 1, on trial without signatures)
          2 objects pass by grant g of arrangement pact; withheld are 1 since it is TLP:RED and the sender did not \
        name this recipient.
          passes    \(ids[0]) TLP:GREEN "Command server"
          passes    \(report) TLP:GREEN "Digest"
          cut out   /object_refs/1 of \(report)
          withheld  \(ids[1]) TLP:RED "Access point": it is TLP:RED and the sender did not name this recipient
          strictest label TLP:GREEN; pass on to: none; keep for 30 days at most

        """)
  }

  @Test func `without a recipient every agency but the sender is answered for, by the decision itself`() throws {
    let explanation = try explain("", "indicator open CLEAR")
    #expect(explanation.recipients.map(\.agency.slug) == ["beta", "delta", "gamma"])
    #expect(explanation.recipients.map(\.decision?.outcome) == [.deliver, nil, nil])
    #expect(explanation.recipients[0].isOnTrial)
  }

  @Test func `every rule has a sentence of its own`() throws {
    for rule in DecisionRule.allCases {
      let submission = try TestMessage.submission(TestMessage("indicator open CLEAR").bundle(), "")
      let sentence = Reason.sentence(rule, MessageForm(submission), to: try #require(AgencyID("beta")))
      #expect(sentence.hasSuffix(".") && sentence.contains(" ") && !sentence.contains(rule.rawValue + "."), "\(rule)")
    }
  }
}

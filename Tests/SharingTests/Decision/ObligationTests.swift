import Contract
import STIX
import Testing

@testable import Sharing

@Suite struct ObligationTests {
  /// The duties that come with a message under these terms.
  private func duties(_ terms: [String], _ message: String, sent: String = "") throws -> Obligations {
    let arrangements = try terms.enumerated().map { try TestTerms.arrangement($1, number: $0 + 1) }
    let configuration = Configuration(agencies: try TestTerms.agencies([:]), arrangements: arrangements)
    let decisions = configuration.decide(try TestMessage.submission(TestMessage(message).bundle(), sent))
    return try #require(decisions.first).obligations
  }

  private static let two = """
    + id: a, object-types: [indicator], obligations: {retention-days: 90, onward: community, pap: 'PAP:GREEN'}
    + id: b, object-types: [indicator, malware], obligations: {retention-days: 30, attribution: must-not}
    """

  @Test func `duties of all grants that cover what passes add up, each in its stricter form`() throws {
    #expect(
      try duties([Self.two], "indicator open CLEAR")
        == Obligations(onward: .community, retentionDays: 30, pap: .green, attribution: .mustNot))
  }

  @Test func `duties of a grant that covers nothing of what passes do not count`() throws {
    #expect(
      try duties([Self.two], "malware worm CLEAR") == Obligations(retentionDays: 30, attribution: .mustNot))
  }

  @Test func `duties of every arrangement between both count`() throws {
    let sum = try duties(
      ["", "grants: []\nobligations: {onward: none, retention-days: 7}"], "indicator open CLEAR")
    #expect(sum == Obligations(onward: Obligations.Onward.none, retentionDays: 7))
  }

  @Test func `a label itself says how far it may be passed on`() throws {
    #expect(try duties([""], "indicator a CLEAR").onward == nil)
    #expect(try duties([""], "indicator a GREEN").onward == .community)
    #expect(try duties([""], "indicator a AMBER").onward == .named)
    let strict = "+ maximum-tlp: TLP:RED"
    #expect(try duties([strict], "indicator a AMBER+STRICT").onward == Obligations.Onward.none)
    #expect(try duties([strict], "indicator a RED", sent: "recipients=beta").onward == Obligations.Onward.none)
  }

  @Test func `the purpose that the message states is what it may be used for, else those agreed`() throws {
    let terms = "purposes: [response, detection]"
    #expect(try duties([terms], "indicator a CLEAR").purposes == ["detection", "response"])
    #expect(try duties([terms], "indicator a CLEAR", sent: "purpose=response").purposes == ["response"])
  }

  @Test func `adding up does not depend on the order`() {
    let some = [
      Obligations(onward: .named, retentionDays: 9, purposes: ["b", "a"]),
      Obligations(onward: .community, pap: .red, attribution: .may, purposes: ["a", "c"]),
      Obligations(retentionDays: 3, attribution: .must),
    ]
    let forward = some.reduce(Obligations()) { $0.adding($1) }
    let backward = some.reversed().reduce(Obligations()) { $0.adding($1) }
    #expect(forward == backward)
    #expect(forward.purposes == ["a"])
  }
}

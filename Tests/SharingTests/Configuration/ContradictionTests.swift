import Contract
import STIX
import Testing

@testable import Sharing

/// Terms that nobody can have meant, each found when the folder is read, with its file and line.
@Suite struct ContradictionTests {
  @Test(arguments: [
    ("status: trial", "status: trial\nmaximum-tlp: TLP:GREEN", "17: found TLP:AMBER+STRICT; the arrangement's own"),
    (
      "status: trial", "status: trial\nprohibitions: [{to: [beta]}]",
      "12: found a grant to beta of which a prohibition takes back everything"
    ),
    (
      "status: trial", "status: trial\npersonal-data: {in-scope: false, categories: [person]}",
      "6: found categories of personal data that the line in-scope excludes"
    ),
    (
      "object-types: [all]", "object-types: [all]\n    groups: [friends]",
      "16: found a grant to beta, which belongs to none of these groups"
    ),
    (
      "object-types: [all]", "object-types: [all]\n    handling: [pcii]",
      "16: found pcii for beta, which by its own file is not cleared for it"
    ),
    (
      "object-types: [all]", "object-types: [all]\n    obligations: {edits: none, redaction: {person: drop}}",
      "16: found a redaction where edits: none lets nothing be changed"
    ),
    ("object-types: [all]", "object-types: [all]\n    hold: [{for: embargo}]", "16: found an embargo without an end"),
    ("object-types: [all]", "object-types: [all]\n    hold: [{for: delay}]", "16: found a delay without an end"),
    (
      "object-types: [all]", "object-types: [all]\n    hold: [{for: consent, until: 2027-01-01}]",
      "16: found an end for consent, which never ends by itself"
    ),
    (
      "object-types: [all]", "object-types: [all]\n    hold: [{for: delay, hours: 2, release-by: [alpha]}]",
      "16: found somebody to release delay, which ends by itself"
    ),
    (
      "object-types: [all]", "object-types: [all]\n    hold: [{for: consent, release-by: [gamma]}]",
      "16: found \"gamma\", which is not among the parties"
    ),
    (
      "status: trial", "status: trial\nobligations: {attribution: must}\nreview-by: 2025-01-01",
      "7: found an end that is not after the beginning"
    ),
    (
      "    maximum-tlp:", "    obligations: {attribution: must-not}\n    maximum-tlp:",
      ""
    ),
  ])
  func `a contradiction is named with its place`(_ old: String, _ new: String, _ message: String) throws {
    let findings = try ConfigurationLoadTests.findings([
      "arrangements/pact.yaml": ConfigurationLoadTests.pact.replacing(old, with: new)
    ])
    #expect(findings.count == (message.isEmpty ? 0 : 1), "\(findings)")
    if !message.isEmpty {
      #expect(findings.first?.hasPrefix("arrangements/pact.yaml:\(message)") == true, "\(findings)")
    }
  }

  @Test func `must and must not be named contradict each other`() throws {
    let text = ConfigurationLoadTests.pact
      .replacing("status: trial", with: "status: trial\nobligations: {attribution: must}")
      .replacing("object-types: [all]", with: "object-types: [all]\n    obligations: {attribution: must-not}")
    let findings = try ConfigurationLoadTests.findings(["arrangements/pact.yaml": text])
    #expect(findings.count == 1 && findings[0].contains("found the opposite of what the arrangement's own"))
  }

  @Test func `personal data that could leave the Union needs a tool to leave on`() throws {
    let text = ConfigurationLoadTests.pact.replacing(
      "status: trial", with: "status: trial\npersonal-data: {in-scope: true, categories: [person]}")
    #expect(try ConfigurationLoadTests.findings(["arrangements/pact.yaml": text]) == [])
    let findings = try ConfigurationLoadTests.findings([
      "arrangements/pact.yaml": text,
      "agencies/beta.yaml": ConfigurationLoadTests.beta.replacing("\"NO\"", with: "US"),
    ])
    #expect(findings.count == 1 && findings[0].hasPrefix("arrangements/pact.yaml:6: found categories that could leave"))
  }

  @Test func `two agencies with one identity, a key that is none and a key twice are refused`() throws {
    let identity = "identity: identity--c1a5a000-5c1f-4c1e-9b0a-2f4d6e8a0c01\n"
    #expect(
      try ConfigurationLoadTests.findings([
        "agencies/alpha.yaml": ConfigurationLoadTests.alpha + identity,
        "agencies/beta.yaml": ConfigurationLoadTests.beta + identity,
      ]) == ["agencies/beta.yaml:7: found the identity of alpha; each agency has one of its own"])
    let wrong = "keys: [{id: k, use: policy, ed25519: \"\(String(repeating: "A", count: 46))\"}]\n"
    let findings = try ConfigurationLoadTests.findings(["agencies/alpha.yaml": ConfigurationLoadTests.alpha + wrong])
    #expect(findings.count == 1 && findings[0].contains("no Ed25519 public key"), "\(findings)")
    #expect(
      try ConfigurationLoadTests.findings([
        "agencies/alpha.yaml": ConfigurationLoadTests.alpha.replacing(
          "[stix]", with: "[stix, {format: stix, kinds: [alert]}]")
      ]) == ["agencies/alpha.yaml:4: found stix a second time"])
  }

  @Test func `what an agency's file says is what the value is`() throws {
    let text =
      ConfigurationLoadTests.alpha.replacing("[stix]", with: "[{format: stix, kinds: [alert]}, misp]") + """
        kind: hub
        sectors: [energy]
        constituency: Operators
        groups: [friends]
        clearance: [les]
        quiet-alarm-hours: 12
        rate-limits: {messages-per-minute: 60}
        subscriptions: [{sectors: [energy], countries: [PL], object-types: [indicator], minimum-confidence: 50}]

        """
    let agency = try #require(
      try ConfigurationLoadTests.folder(["agencies/alpha.yaml": text]).load().agencies[AgencyID("alpha")!])
    #expect(agency.kind == .hub && agency.sectors == ["energy"] && agency.constituency == "Operators")
    #expect(agency.groups == ["friends"] && agency.clearance == [.les] && agency.quietAlarmHours == 12)
    #expect(agency.rateLimits == RateLimits(messagesPerMinute: 60))
    #expect(agency.subscriptions.first?.minimumConfidence == 50)
    #expect(agency.maySend(.misp, .bundle) && agency.maySend(.stix, .alert) && !agency.maySend(.stix, .bundle))
  }
}

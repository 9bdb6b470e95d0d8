import Contract
import FoundationEssentials
import JSON
import STIX
import Testing

@testable import Sharing

/// The runnable exchange of `Examples/transatlantic`: it loads, and its messages tell the story of the README.
@Suite struct ExampleTests {
  static let folder =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path + "/Examples/transatlantic"

  static func submission(_ name: String, from sender: String, _ kind: MessageKind) throws -> Submission {
    let bytes = Array(try Data(contentsOf: URL(filePath: folder + "/messages/" + name)))
    let bundle = try STIXBundle(reading: JSONDocument(bytes))
    return Submission(
      sender: try #require(AgencyID(sender)), kind: kind, lane: kind.lane, bundle: bundle,
      at: try #require(Moment.read("2026-11-24")))
  }

  static func names(_ places: [Int], _ submission: Submission) -> [String] {
    places.map { submission.bundle.objects[$0].value["name"]?.string ?? submission.bundle.objects[$0].type }
  }

  @Test func `the folder loads`() throws {
    let configuration = try Configuration.load(folder: Self.folder)
    #expect(configuration.agencies.count == 6)
    #expect(configuration.onTrial == ["cisa-enisa", "csirts-network", "enisa-energy"])
  }

  @Test func `ENISA gets everything but what is RED and what names it`() throws {
    let configuration = try Configuration.load(folder: Self.folder)
    let submission = try Self.submission("gridworm.json", from: "us-cisa", .bundle)
    let decisions = configuration.decide(submission)
    #expect(decisions.map(\.recipient.slug) == ["eu-enisa", "nl-ncsc", "pl-cert-polska"])
    let enisa = decisions[0]
    #expect(enisa.outcome == .redact && enisa.grant == "cisa-to-enisa" && enisa.tlp == .amberStrict)
    #expect(
      Self.names(enisa.withheld.map(\.object), submission) == ["Access point inside a utility", "relationship"])
    #expect(enisa.withheld.map(\.rule) == [.redNotNamed, .refersToWithheld])
    #expect(enisa.removals.map(\.pointer.description) == ["/object_refs/5", "/object_refs/9"])
    #expect(enisa.obligations.onward == Obligations.Onward.none)
  }

  @Test func `the CSIRTs get what is CLEAR or GREEN`() throws {
    let configuration = try Configuration.load(folder: Self.folder)
    let submission = try Self.submission("gridworm.json", from: "us-cisa", .bundle)
    let polska = configuration.decide(submission)[2]
    #expect(polska.outcome == .redact && polska.tlp == .green)
    #expect(
      Self.names(polska.keep, submission) == [
        "Cybersecurity and Infrastructure Security Agency", "GRIDWORM", "Download site of GRIDWORM",
        "Command server of GRIDWORM", "relationship", "relationship", "GRIDWORM against electricity operators",
      ])
    #expect(configuration.agencies[polska.recipient]?.format(for: .bundle) == .misp)
  }

  @Test func `ENISA gets the RED object too where CISA names it, and nobody else gets anything`() throws {
    let configuration = try Configuration.load(folder: Self.folder)
    var submission = try Self.submission("gridworm.json", from: "us-cisa", .bundle)
    submission.named = [try #require(AgencyID("eu-enisa"))]
    let decisions = configuration.decide(submission)
    #expect(decisions.map(\.outcome) == [.deliver, .withhold, .withhold])
    #expect(decisions[0].obligations.retentionDays == 90)
    #expect(decisions[1].rule == .notNamed)
  }

  @Test func `the partner without a grant gets nothing, and the explanation says why`() throws {
    let configuration = try Configuration.load(folder: Self.folder)
    let submission = try Self.submission("gridworm.json", from: "us-cisa", .bundle)
    let text = configuration.explain(submission, to: AgencyID("sea-cert")).text
    #expect(
      text == """
        From us-cisa: bundle, 12 objects

        sea-cert: nothing (not considered)
          There is no arrangement between us-cisa and sea-cert.

        """)
  }

  @Test func `what the operations centre reports waits for approval`() throws {
    let configuration = try Configuration.load(folder: Self.folder)
    let submission = try Self.submission("gridworm.json", from: "eu-energy-soc", .bundle)
    #expect(configuration.decide(submission).map(\.outcome) == [.hold])
  }
}

import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// What formats are said to lose by nature, held to what the golden cases really lose.
@Suite struct NaturalLossTests {
  private struct Case {
    var name: String
    var from: FormatID
    var bundle: STIXBundle
  }

  @Test func `no format is said to lose the same thing twice`() {
    for adapter in AdapterCatalogue.all {
      let said = adapter.naturalLosses.map { "\($0.from?.slug ?? "") \($0.what)" }
      #expect(Set(said).count == said.count, "\(adapter.format): \(said)")
    }
  }

  private func cases() throws -> [Case] {
    var cases: [Case] = []
    for (folder, format) in [
      ("misp", FormatID.stix), ("misp-read", .misp), ("nis2", .nis2), ("cra", .cra), ("circia", .circia),
      ("csaf", .csaf), ("kev", .kev), ("intelmq", .intelmq), ("n6", .n6), ("iodef-json", .iodefJSON),
    ] {
      let adapter = try #require(AdapterCatalogue.adapter(for: format))
      for golden in GoldenFolder.cases(folder) {
        let bundle = try adapter.read(try golden.required("input.json"), origin: Given.origin()).output
        cases.append(Case(name: golden.name, from: format, bundle: bundle))
        guard format != .stix, format != .misp, golden.name.hasPrefix("early") || golden.name.hasPrefix("07")
        else {
          continue
        }
        cases.append(Case(name: golden.name + " with more", from: format, bundle: try Self.withMore(bundle)))
      }
    }
    return cases
  }

  /// The incident of a report, with what no report has a place for.
  private static func withMore(_ bundle: STIXBundle) throws -> STIXBundle {
    let marking = "marking-definition--00000001-0000-4000-8000-000000000000"
    let times = #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z""#
    let more = [
      #"{"type":"marking-definition","spec_version":"2.1","id":"\#(marking)","created":"2026-11-20T08:00:00.000Z","#
        + #""definition_type":"statement","definition":{"statement":"ask first"}}"#,
      #"{"type":"malware","spec_version":"2.1","id":"malware--00000002-0000-4000-8000-000000000000",\#(times),"#
        + #""name":"m","is_family":true,"object_marking_refs":["\#(marking)"]}"#,
      #"{"type":"indicator","spec_version":"2.1","id":"indicator--00000003-0000-4000-8000-000000000000",\#(times),"#
        + #""pattern":"[ipv4-addr:value = '192.0.2.9']","pattern_type":"stix","confidence":50,"#
        + #""valid_from":"2026-11-20T08:00:00Z"}"#,
    ]
    let text = String(decoding: bundle.document.text, as: UTF8.self).dropLast(2)
    return try STIXBundle(reading: try Given.document(text + "," + more.joined(separator: ",") + "]}"))
  }

  @Test(arguments: [
    FormatID.misp, .nis2, .cra, .circia, .csaf, .kev, .intelmq, .n6, .iodef, .iodefJSON, .cef, .csv, .ecs, .ocsf,
    .brief,
  ])
  func `every loss of a golden case is of the format's nature, and all of that nature is in one`(
    _ target: FormatID
  ) throws {
    let adapter = try #require(AdapterCatalogue.adapter(for: target))
    let natural = adapter.naturalLosses
    var met: [Bool] = natural.map { _ in false }
    for each in try cases() where each.from != target || each.name.hasSuffix("with more") {
      // The catalogue of KEV is public, or is not.
      let terms = Given.terms(target == .kev ? .clear : .amber)
      guard let written = try? adapter.write(each.bundle, terms: terms) else { continue }
      for loss in written.losses {
        let place = natural.firstIndex { $0.explains(loss) && ($0.from == nil || $0.from == each.from) }
        #expect(place != nil, "\(each.from) \(each.name): \(loss)")
        if let place { met[place] = true }
      }
    }
    let unmet = zip(natural, met).filter { !$1 }.map(\.0.why)
    #expect(unmet == [])
  }
}

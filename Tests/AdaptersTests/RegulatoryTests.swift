import Contract
import Formats
import JSON
import STIX
import Testing

@testable import Adapters

/// Reports to regulators under any law: what holds for all of them, and what becomes of one under another law.
@Suite struct RegulatoryTests {
  private func canonical(_ text: String) throws -> STIXBundle {
    let document = try Given.document(text)
    let format = try FormatCatalogue.identify(document.text, contentType: nil, hint: nil).format
    let adapter = try #require(AdapterCatalogue.adapter(for: format))
    return try adapter.read(document, origin: Given.origin()).output
  }

  static let seeds = Array(1...120)

  @Test(arguments: ["nis2", "cra", "circia"], seeds)
  func `a report that went through STIX is what it was`(_ law: String, _ seed: Int) throws {
    var random = RandomReport(seed)
    let text = random.text(law)
    let document = try Given.document(text)
    let message = try FormatCatalogue.identify(document.text, contentType: nil, hint: nil)
    let errors = FormatCatalogue.findings(in: message).filter { $0.severity == .error }
    try #require(errors == [])
    let adapter = try #require(AdapterCatalogue.adapter(for: message.format))
    let read = try adapter.read(document, origin: Given.origin())
    #expect(read.residue == [])
    #expect(STIXFormat().findings(read.output.document).filter { $0.severity == .error } == [])
    let label = try #require(TLP(label: document.root["tlp"]?.string ?? ""))
    let written = try adapter.write(read.output, terms: Given.terms(label))
    let again = try JSONDocument(written.output)
    #expect(SaidAgain.differences(document.root, again.root) == [])
    #expect(written.losses == [])
    #expect(written.output == (try adapter.write(read.output, terms: Given.terms(label))).output)
    #expect(try adapter.read(again, origin: Given.origin()).output.document.text == read.output.document.text)
  }

  @Test(arguments: ["nis2", "cra", "circia"])
  func `what a template does not know is residue, goes, and appears nowhere`(_ law: String) throws {
    var random = RandomReport(7)
    let text = random.text(law).dropLast() + #","x_secret":{"a":["canary"]},"indicators_note":"canary"}"#
    let document = try Given.document(String(text))
    let format = try #require(FormatID(law))
    let adapter = try #require(AdapterCatalogue.adapter(for: format))
    let read = try adapter.read(document, origin: Given.origin())
    #expect(Set(read.residue.map(\.description)) == ["/x_secret", "/indicators_note"])
    let keep = read.output.objects.map(\.index)
    let pruned = try adapter.prune(document, bundle: read.output, keeping: keep, replacing: [:]).output
    for output in [read.output.document.text, try adapter.write(read.output, terms: Given.terms()).output, pruned] {
      #expect(!String(decoding: output, as: UTF8.self).contains("canary"))
    }
    #expect(try adapter.read(try JSONDocument(pruned), origin: Given.origin()).residue == [])
  }

  @Test(arguments: ["nis2", "cra", "circia"], seeds)
  func `reducing a report and then reading is within reading and then removing`(_ law: String, _ seed: Int) throws {
    var report = RandomReport(seed)
    var random = Random(seed + 2000)
    let document = try Given.document(report.text(law))
    let adapter = try #require(FormatID(law).flatMap { AdapterCatalogue.adapter(for: $0) })
    let bundle = try adapter.read(document, origin: Given.origin()).output
    let withheld = Set(bundle.objects.filter { $0.type == "indicator" && random.chance(40) }.map(\.id))
    let keep = bundle.objects.filter { object in
      if withheld.contains(object.id) { return false }
      if case .withhold = object.removals(withholding: withheld) { return false }
      return true
    }
    let pruned = try adapter.prune(document, bundle: bundle, keeping: keep.map(\.index), replacing: [:])
    let again = try adapter.read(try JSONDocument(pruned.output), origin: Given.origin())
    #expect(again.residue == [])
    // Of equal entries that are told apart by their number, the later ones move up.
    let isRepeated =
      Set(bundle.objects.compactMap { $0.value["pattern"]?.string }).count
      < bundle.objects.filter { $0.type == "indicator" }.count
    if isRepeated { return }
    let left = Set(again.output.objects.map(\.id))
    let allowed = Set(keep.map(\.id))
    #expect(left.isSubset(of: allowed))
    #expect(allowed.subtracting(left).filter { TLP.known($0) == nil }.count == pruned.losses.count)
    for object in again.output.objects {
      let twin = try #require(bundle.object(id: object.id))
      #expect(SaidAgain.excess(of: object.value, over: twin.value) == nil)
    }
    for id in withheld {
      let text = bundle.object(id: id)?.value["name"]?.string?.split(separator: " ").last.map(String.init) ?? "?"
      let indicators = try JSONDocument(pruned.output).root["indicators"]?.elements.map { $0 } ?? []
      #expect(!indicators.contains { $0["value"]?.string == text })
    }
  }

  // MARK: Between laws

  @Test(arguments: ["early_warning", "voluntary_notification"])
  func `an early warning never becomes a CIRCIA report`(_ stage: String) throws {
    var random = RandomReport(1)
    let bundle = try canonical(random.text("nis2", stage: stage))
    let error = try #require(throws: AdapterFailure.self) {
      try CIRCIAAdapter().write(bundle, terms: Given.terms())
    }
    #expect(error.code == .cannotWrite)
    #expect(error.message.contains("CIRCIA"))
  }

  @Test func `a notification without impact does not become a CIRCIA report`() throws {
    let bundle = try canonical(Self.notification.replacing(#""severity":"yellow""#, with: #""severity":"white""#))
    let error = try #require(throws: AdapterFailure.self) {
      try CIRCIAAdapter().write(bundle, terms: Given.terms())
    }
    #expect(error.message.contains("actual impact"))
  }

  @Test func `a ransom payment alone satisfies no stage of NIS2`() throws {
    var random = RandomReport(2)
    let bundle = try canonical(random.text("circia", stage: "ransom_payment"))
    #expect(throws: AdapterFailure.self) { try NIS2Adapter().write(bundle, terms: Given.terms()) }
  }

  @Test func `nothing but a CRA notification becomes one`() throws {
    for law in ["nis2", "circia"] {
      var random = RandomReport(3)
      let bundle = try canonical(random.text(law))
      #expect(throws: AdapterFailure.self) { try CRAAdapter().write(bundle, terms: Given.terms()) }
    }
    var random = RandomReport(4)
    let bundle = try canonical(random.text("cra"))
    #expect(throws: AdapterFailure.self) { try NIS2Adapter().write(bundle, terms: Given.terms()) }
    #expect(throws: AdapterFailure.self) { try CIRCIAAdapter().write(bundle, terms: Given.terms()) }
  }

  static let notification =
    #"{"format":"nis2","version":"2026.1","stage":"incident_notification","reference":"NL-1","title":"Outage","#
    + #""tlp":"TLP:AMBER","member_state":"NL","csirt":{"name":"NCSC","agency":"nl-ncsc","contact":{"email":"a@ncsc.example"}},"#
    + #""reporting_entity":{"name":"Grid","sector":"energy","registration":"7"},"aware_at":"2026-11-20T08:00:00Z","#
    + #""submitted_at":"2026-11-21T08:00:00Z","suspected_malicious":"yes","cross_border":{"suspected":"no"},"#
    + #""severity":{"level":"medium"},"impact":{"severity":"yellow","recipients_affected":12,"personal_data":"yes"},"#
    + #""nature":{"threat_type":"ransomware"},"indicators":[{"type":"ipv4","value":"198.51.100.7"}]}"#

  @Test func `a notification becomes the CIRCIA report that it supports, with what CIRCIA still asks`() throws {
    let translation = try CIRCIAAdapter().write(try canonical(Self.notification), terms: Given.terms())
    let report = try JSONDocument(translation.output)
    #expect(CIRCIAFormat().findings(report).filter { $0.severity == .error } == [])
    #expect(report.root["report_type"]?.string == "covered_cyber_incident")
    #expect(report.root["reported_entity"]?["sectors"]?[0]?.string == "energy")
    #expect(report.root["incident"]?["reasonable_belief_at"]?.string == "2026-11-20T08:00:00Z")
    #expect(report.root["incident"]?["assumed"]?[0]?.string == "reasonable_belief_at")
    #expect(report.root["incident"]?["users_affected"]?.integer == 12)
    #expect(report.root["indicators"]?[0]?["value"]?.string == "198.51.100.7")
    let asked = translation.losses.filter { $0.what.hasPrefix("CIRCIA asks for") }.map(\.what)
    for path in ["incident/defences", "incident/unauthorised_access", "third_party/authorised"] {
      #expect(asked.contains("CIRCIA asks for \(path)"))
    }
    let lost = translation.losses.filter { $0.severity == .meaning }.map(\.what).joined(separator: "\n")
    for answer in ["cross_border/suspected", "severity/level", "suspected_malicious", "member_state"] {
      #expect(lost.contains(answer))
    }
  }

  @Test func `a CIRCIA report becomes a NIS2 notification, with what NIS2 still asks`() throws {
    var random = RandomReport(5)
    let translation = try NIS2Adapter().write(
      try canonical(random.text("circia", stage: "covered_cyber_incident")), terms: Given.terms())
    let report = try JSONDocument(translation.output)
    #expect(NIS2Format().findings(report).filter { $0.severity == .error } == [])
    #expect(report.root["stage"]?.string == "incident_notification")
    let asked = translation.losses.filter { $0.what.hasPrefix("NIS2 asks for") }.map(\.what)
    for path in ["nature/root_cause", "cross_border/member_states", "impact/outlook"] {
      #expect(asked.contains("NIS2 asks for \(path)"))
    }
  }

  @Test(arguments: seeds)
  func `a report under the other law is valid under that law, or refused in words`(_ seed: Int) throws {
    var random = RandomReport(seed)
    for (law, other) in [("nis2", FormatID.circia), ("circia", .nis2)] {
      let bundle = try canonical(random.text(law))
      let adapter = try #require(AdapterCatalogue.adapter(for: other))
      do throws(AdapterFailure) {
        let translation = try adapter.write(bundle, terms: Given.terms())
        let message = try? FormatCatalogue.identify(translation.output, contentType: nil, hint: nil)
        let findings = message.map { FormatCatalogue.findings(in: $0).filter { $0.severity == .error } }
        #expect(findings == [])
        #expect(translation.losses.contains { $0.what.contains("asks for") })
      } catch {
        #expect(error.code == .cannotWrite && error.message.count > 40)
      }
    }
  }

  /// The canonical of a report, with a word in it that its sender never wrote.
  private func altered(_ law: String, _ word: String, _ other: String) throws -> STIXBundle {
    var random = RandomReport(7)
    let bundle = try canonical(String(random.text(law)))
    let text = String(decoding: bundle.document.text, as: UTF8.self)
    return try STIXBundle(reading: try Given.document(text.replacing(word, with: other)))
  }

  @Test(arguments: ["nis2", "cra", "circia"])
  func `an indicator that no report may list is a loss, and the report is valid`(_ law: String) throws {
    let format = try #require(FormatID(law))
    let adapter = try #require(AdapterCatalogue.adapter(for: format))
    let more =
      #"{"type":"indicator","spec_version":"2.1","id":"indicator--00000003-0000-4000-8000-000000000000","#
      + #""created":"2026-11-20T08:00:00.000Z","modified":"2026-11-20T08:00:00.000Z","pattern_type":"stix","#
      + #""pattern":"[ipv4-addr:value = '999.1.2.3']","valid_from":"2026-11-20T08:00:00Z"}]}"#
    var random = RandomReport(7)
    let report = try canonical(String(random.text(law)))
    let text = String(decoding: report.document.text, as: UTF8.self)
    let bundle = try STIXBundle(reading: try Given.document(text.dropLast(2) + "," + more))
    let written = try adapter.write(bundle, terms: Given.terms())
    #expect(FormatCatalogue.format(format)?.errors(try JSONDocument(written.output)) == [])
    #expect(written.losses.contains { $0.what.contains("00000003") && $0.why == "a report has no place for it" })
  }

  @Test func `a report that its law would not take is refused in words`() throws {
    var random = RandomReport(7)
    let bundle = try canonical(String(random.text("nis2")))
    let name = try #require(bundle.objects.first { $0.type == "incident" }?.name)
    let broken = try altered("nis2", "\"name\":\"\(name)\"", #""name":"two\nlines""#)
    let error = try #require(throws: AdapterFailure.self) { try NIS2Adapter().write(broken, terms: Given.terms()) }
    #expect(error.code == .cannotWrite && error.message.hasPrefix("what may be said is no valid report"))
  }
}

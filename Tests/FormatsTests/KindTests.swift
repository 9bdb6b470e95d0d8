import Contract
import Formats
import JSON
import Testing

@Suite struct KindTests {
  private func kind(_ types: [String], stages: [String] = []) throws -> MessageKind? {
    var objects = types.enumerated().map { index, type in
      #"{"type":"\#(type)","id":"\#(type)--00000000-0000-4000-8000-00000000000\#(index)"}"#
    }
    for stage in stages {
      objects.append(
        #"{"type":"incident","id":"incident--1","extensions":{"\#(RegulatoryExtension.id)":{"stage":"\#(stage)"}}}"#)
    }
    let text = #"{"type":"bundle","id":"bundle--1","objects":[\#(objects.joined(separator: ","))]}"#
    return STIXFormat().kind(of: try JSONDocument(Array(text.utf8)))
  }

  @Test(arguments: [
    (["indicator"], MessageKind.indicators),
    (["indicator", "identity", "marking-definition", "relationship", "note", "location"], .indicators),
    (["observed-data", "ipv4-addr", "file"], .indicators),
    (["ipv4-addr"], .indicators),
    (["sighting"], .sighting),
    (["sighting", "indicator", "observed-data", "domain-name"], .sighting),
    (["vulnerability"], .vulnerability),
    (["vulnerability", "identity"], .vulnerability),
    (["vulnerability", "indicator"], .bundle),
    (["malware", "indicator", "relationship"], .malware),
    (["malware-analysis", "file"], .malware),
    (["malware", "attack-pattern", "tool"], .malware),
    (["campaign", "malware", "indicator"], .campaign),
    (["intrusion-set"], .campaign),
    (["threat-actor", "identity"], .campaign),
    (["threat-actor", "vulnerability"], .bundle),
    (["report"], .bundle),
    (["report", "indicator"], .bundle),
    (["x-mitre-tactic", "indicator"], .bundle),
    (["attack-pattern"], .bundle),
    (["identity"], .bundle),
    ([], .bundle),
    (["incident"], .alert),
    (["incident", "indicator", "malware"], .alert),
  ])
  func `the kind of a bundle follows from its types`(_ types: [String], _ kind: MessageKind) throws {
    #expect(try self.kind(types) == kind)
  }

  @Test func `an incident with a stage is of that stage's kind`() throws {
    #expect(try kind(["identity", "indicator"], stages: ["early_warning"]) == .earlyWarning)
    #expect(try kind([], stages: ["incident_notification"]) == .notification)
    #expect(try kind([], stages: ["final_report", "final_report"]) == .finalReport)
    #expect(try kind(["incident"], stages: ["progress_report"]) == .progressReport)
  }

  @Test func `stages that differ or are unknown make an alert`() throws {
    #expect(try kind([], stages: ["early_warning", "final_report"]) == .alert)
    #expect(try kind([], stages: ["seventh_report"]) == .alert)
  }

  @Test(arguments: [
    ("early_warning", MessageKind.earlyWarning), ("incident_notification", .notification),
    ("intermediate_report", .intermediateReport), ("progress_report", .progressReport),
    ("final_report", .finalReport), ("voluntary_notification", .notification),
  ])
  func `the kind of a NIS2 report is its stage`(_ stage: String, _ kind: MessageKind) throws {
    let document = try JSONDocument(Array(#"{"format":"nis2","version":"2026.1","stage":"\#(stage)"}"#.utf8))
    #expect(NIS2Format().kind(of: document) == kind)
  }

  @Test func `a MISP event of attributes alone is indicators, one with context a bundle`() throws {
    func kind(_ members: String) throws -> MessageKind? {
      MISPFormat().kind(of: try JSONDocument(Array(#"{"Event":{\#(members)}}"#.utf8)))
    }
    #expect(try kind(#""Attribute":[{}],"Tag":[{}]"#) == .indicators)
    #expect(try kind(#""Attribute":[{}],"Object":[],"Galaxy":[]"#) == .indicators)
    #expect(try kind(#""Attribute":[{}],"Object":[{}]"#) == .bundle)
    #expect(try kind(#""Attribute":[{}],"Galaxy":[{}]"#) == .bundle)
    #expect(try kind(#""info":"x""#) == .bundle)
  }
}

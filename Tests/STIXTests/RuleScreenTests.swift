import JSON
import Testing

@testable import STIX

@Suite struct RuleScreenTests {
  @Test(arguments: [
    object(), object("tool", 2, #""name":"n","created_by_ref":"identity--\#(uuid(3))","lang":"en""#),
    object("campaign", 2, #""first_seen":"2026-01-02T00:00:00Z","last_seen":"2026-01-02T00:00:01Z""#),
    object("x-case", 2, #""end":"2026-01-02T00:00:00Z""#),
    #"{"type":"domain-name","id":"domain-name--\#(uuid(1))","value":"www.example.com"}"#,
    #"{"type":"file","id":"file--\#(uuid(1))","name":"n","ctime":"2024-02-29T00:00:00Z"}"#,
  ])
  func `what is certainly right needs no closer look`(text: String) throws {
    #expect(RuleScreen.clears(try JSONDocument(Array(text.utf8))))
    #expect(RuleScreen.clears(try bundle(text).document))
  }

  @Test(arguments: [
    "[]", "7", "{}", #"{"type":"bundle","objects":{}}"#, #"{"type":"bundle","objects":[7]}"#,
    #"{"type":"bundle","objects":[{}]}"#, #"{"type":"tool"}"#, #"{"type":7,"id":"tool--\#(uuid(1))"}"#,
  ])
  func `what is hardly STIX is looked at closer`(text: String) throws {
    #expect(!RuleScreen.clears(try JSONDocument(Array(text.utf8))))
  }

  /// Every pair of values for the members that the quick look judges, against the closer one.
  @Test func `the quick look never clears what the closer one refuses`() throws {
    let moments = [
      "2026-01-02T00:00:00Z", "2026-01-02T00:00:00.000Z", "2026-01-02T00:00:00.001Z", "2026-01-02T00:00:00.0001Z",
      "2026-02-30T00:00:00.000Z", "2026-02-28T24:00:00.000Z", "2026-01-02T00:00:60.000Z", "2026-01-03T00:00:00.Z",
      "2016-12-31T23:59:60Z", "x",
    ]
    let pairs = [
      ("malware", "created", "modified"), ("malware", "first_seen", "last_seen"),
      ("indicator", "valid_from", "valid_until"), ("relationship", "start_time", "stop_time"),
      ("network-traffic", "start", "end"), ("malware-analysis", "analysis_started", "analysis_ended"),
      ("observed-data", "first_observed", "last_observed"), ("x-case", "first_seen", "last_seen"),
      ("file", "ctime", "mtime"),
    ]
    var cleared = 0
    for (type, first, last) in pairs {
      for from in moments {
        for until in moments {
          let members = #""\#(first)":"\#(from)","\#(last)":"\#(until)""#
          let document = try JSONDocument(
            Array(#"{"type":"\#(type)","id":"\#(type)--\#(uuid(1))",\#(members)}"#.utf8))
          guard RuleScreen.clears(document) else { continue }
          cleared += 1
          #expect(try STIXBundle(reading: document).errors() == [], "\(type) \(members)")
        }
      }
    }
    #expect(cleared > 150)
  }
}

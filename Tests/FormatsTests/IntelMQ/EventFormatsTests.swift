import Contract
import Formats
import JSON
import Testing

@Suite struct EventFormatsTests {
  private func identify(_ text: String) throws -> IdentifiedMessage {
    try FormatCatalogue.identify(Array(text.utf8), contentType: nil, hint: nil)
  }

  @Test func `events on lines are a batch, and an error names the line and the field`() throws {
    let message = try identify(
      #"""
      {"classification.type":"c2-server","source.ip":"198.51.100.7"}
      {"classification.type":"scanner","source.ip":"198.51.100.999"}
      """#)
    #expect(message.format.slug == "intelmq")
    #expect(message.kind == .event)
    let errors = FormatCatalogue.errors(in: message)
    #expect(errors.map(\.rule) == ["intelmq-address"])
    #expect(errors.first?.location.description == "/1/source.ip")
  }

  @Test func `lines that are not all objects are told as what they are`() {
    #expect(throws: FormatFailure.self) { try self.identify("{\"classification.type\":\"scanner\"}\nnonsense") }
  }

  @Test func `reports and nested objects of IntelMQ are refused by name`() {
    #expect(throws: FormatFailure.self) { try self.identify(#"{"__type":"Report","raw":"eA=="}"#) }
    #expect(throws: FormatFailure.self) {
      try self.identify(#"{"classification":{"type":"scanner"},"source":{"ip":"198.51.100.7"}}"#)
    }
  }

  @Test(arguments: [
    (#"{"classification.type":"leak"}"#, "intelmq-type-renamed"),
    (#"{"classification.type":"scanner","classification.taxonomy":"fraud"}"#, "intelmq-taxonomy"),
    (#"{"classification.type":"scanner","time.source":"2026-02-30T00:00:00+00:00"}"#, "intelmq-time-exists"),
    (#"{"classification.type":"scanner","source.network":"198.51.100.0/33"}"#, "intelmq-address"),
    (#"{"classification.type":"scanner","favourite.colour":"blue"}"#, "intelmq-field-unknown"),
    (#"{"classification.type":"scanner","source.port":70000}"#, "schema-maximum"),
    (
      #"{"id":"1","source":"a.b","restriction":"public","confidence":"low","category":"bots","time":"2026-02-30T00:00:00Z"}"#,
      "n6-time-exists"
    ),
    (
      #"{"id":"1","source":"a.b","restriction":"public","confidence":"low","category":"bots","time":"2026-02-20T00:00:00Z","address":[{"ip":"1.2.3.400"}]}"#,
      "n6-address"
    ),
    (
      #"{"id":"1","source":"a.b","restriction":"public","confidence":"low","category":"bots","time":"2026-02-20T00:00:00Z","until":"2026-02-19T00:00:00Z","count":2}"#,
      "n6-times-in-order"
    ),
    (
      #"{"id":"1","source":"a.b","restriction":"public","confidence":"low","category":"bots","time":"2026-02-20T00:00:00Z","until":"2026-02-21T00:00:00Z"}"#,
      "n6-until-without-count"
    ),
    (
      #"{"id":"1","source":"a.b","restriction":"everyone","confidence":"low","category":"bots","time":"2026-02-20T00:00:00Z"}"#,
      "schema-enum"
    ),
    (
      #"{"cveID":"CVE-2026-1234","vendorProject":"A","product":"B","vulnerabilityName":"C","dateAdded":"2026-02-30","shortDescription":"D","requiredAction":"E","dueDate":"2026-03-30"}"#,
      "kev-day-exists"
    ),
    (
      #"{"cveID":"CVE-2026-1234","vendorProject":"A","product":"B","vulnerabilityName":"C","dateAdded":"2026-02-20","shortDescription":"D","requiredAction":"E","dueDate":"2026-01-30"}"#,
      "kev-due-before-added"
    ),
    (
      #"{"title":"T","catalogVersion":"1","dateReleased":"2026-01-01T00:00:00Z","count":1,"vulnerabilities":[]}"#,
      "kev-count"
    ),
  ]) func `a mistake is told by its rule`(_ text: String, _ rule: String) throws {
    let message = try identify(text)
    #expect(FormatCatalogue.findings(in: message).map(\.rule) == [rule])
  }

  @Test func `a vulnerability stands in the catalogue once`() throws {
    let entry =
      #"{"cveID":"CVE-2026-1234","vendorProject":"A","product":"B","vulnerabilityName":"C","dateAdded":"2026-02-20","#
      + #""shortDescription":"D","requiredAction":"E","dueDate":"2026-03-30"}"#
    let message = try identify(
      #"{"title":"T","catalogVersion":"1","dateReleased":"2026-01-01T00:00:00Z","count":2,"vulnerabilities":["#
        + entry + "," + entry + "]}")
    #expect(message.kind == .vulnerability)
    #expect(FormatCatalogue.errors(in: message).map(\.rule) == ["kev-entry-once"])
  }
}

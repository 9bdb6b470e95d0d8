import JSON
import STIX
import Testing

@testable import Adapters

/// The quick way through patterns says what the parser says, or leaves them to it.
@Suite struct PlainPatternTests {
  @Test(arguments: [
    "[", "[]", "[a]", "[a:b]", "[a:b = ]", "[a:b = 'c'", "[a:b = 'c']]", "[a:b = 'c'] ", "[a:b  = 'c']", "[a:b != 'c']",
    "[a:b = 'c' OR a:d = 'e']", "[a:b = 'it\\'s']", "[a:b = -1]", "[a:b = 1.5]", "[a:b = 007]", "[a:b[0].c = 'd']",
    "[a:b = 'c'] AND [a:b = 'd']", "[a:b = 'c' AND d:e = 'f']", "[a:b = true]", "[a:b = t'2026-01-01T00:00:00Z']",
    "[a:b = 1000000000000000000000]", "[a:'b c' = 'd']", "[a:b. = 'c']", "[:b = 'c']",
  ])
  func `what has another form is left to the parser`(_ text: String) { #expect(PlainPattern.facts(text) == nil) }

  @Test(arguments: [
    "[ipv4-addr:value = '198.51.100.7']", "[file:hashes.'SHA-256' = 'ab' AND file:name = 'c d']",
    "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_port = 443]", "[mutex:name = '']",
    "[email-message:received_lines = 'x']", "[windows-registry-key:values.data = 'x']", "[file:size = 0]",
    "[network-traffic:extensions.'http-request-ext'.request_method = 'GET']", "[file:name = 'é\u{2028}]']",
  ])
  func `what stands together is read as the parser reads it`(_ text: String) throws {
    let facts = try #require(PlainPattern.facts(text))
    #expect(facts == (try Pattern(text)).together)
  }

  @Test(arguments: 1...40) func `so are the patterns of whole events`(_ seed: Int) throws {
    var event = RandomEvent(seed)
    let bundle = try MISPAdapter().read(try Given.document(event.text()), origin: Given.origin()).output
    for object in bundle.objects
    where object.type == "indicator" && object.value["pattern_type"]?.isString("stix") == true {
      let text = try #require(object.value["pattern"]?.string)
      guard let facts = PlainPattern.facts(text) else { continue }
      #expect(facts == (try Pattern(text)).together, "\(text)")
    }
  }
}

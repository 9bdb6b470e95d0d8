import Formats
import JSON
import Testing

/// Inputs made to cost much: each is answered, with what is wrong, in a time that grows as the input does.
@Suite struct BombTests {
  private static let uuid = "4a7c9b1e-2f35-4d68-8e0a-1b6c5d9f3a27"
  private static let times = #""created":"2026-11-24T06:30:00.000Z","modified":"2026-11-24T06:30:00.000Z""#

  private func verdict(_ text: String) -> String {
    do throws(FormatFailure) {
      let message = try FormatCatalogue.identify(Array(text.utf8), contentType: nil, hint: nil)
      let errors = FormatCatalogue.errors(in: message)
      #expect(errors.allSatisfy { $0.message.utf8.count < 1000 })
      return errors.first?.rule ?? "valid"
    } catch {
      #expect(error.message.utf8.count < 1000)
      return error.cause.rawValue
    }
  }

  private func indicator(_ pattern: String) -> String {
    #"{"type":"indicator","spec_version":"2.1","id":"indicator--\#(Self.uuid)",\#(Self.times),"#
      + #""valid_from":"2026-11-24T06:30:00Z","pattern_type":"stix","pattern":"\#(pattern)"}"#
  }

  private func bundle(_ objects: [String]) -> String {
    #"{"type":"bundle","id":"bundle--\#(Self.uuid)","objects":[\#(objects.joined(separator: ","))]}"#
  }

  @Test func `ten megabytes of brackets are too deep`() {
    #expect(verdict(String(repeating: "[", count: 10 << 20)) == "too-deep")
    #expect(verdict(String(repeating: #"{"a":"#, count: 1 << 20)) == "too-deep")
  }

  @Test func `a number of megabytes is too large, or out of range`() {
    #expect(verdict(String(repeating: "7", count: 17 << 20)) == "too-large")
    #expect(verdict(String(repeating: "7", count: 4 << 20)) == "number-out-of-range")
    #expect(verdict("0." + String(repeating: "7", count: 1 << 20)) == "unknown-format")
  }

  @Test func `keys that begin and end alike are told apart`() {
    let keys = (0..<50_000).map { "\"begin---\($0 + 1_000_000)---end-end\":0" }
    #expect(verdict("{" + keys.joined(separator: ",") + "}") == "unknown-format")
    #expect(verdict("{" + keys.joined(separator: ",") + "," + keys[0] + "}") == "duplicate-key")
  }

  @Test func `a pattern that nests, or has no end, is refused or read`() {
    #expect(verdict(indicator(String(repeating: "(", count: 1 << 20))) == "stix-pattern")
    #expect(verdict(indicator("[" + String(repeating: "(", count: 1 << 20))) == "stix-pattern")
    let long = "[" + Array(repeating: "file:size = 7", count: 50_000).joined(separator: " OR ") + "]"
    #expect(verdict(indicator(long)) == "valid")
  }

  @Test func `texts that regular expressions choke on are judged`() {
    let name = String(repeating: "a-", count: 1 << 20)
    #expect(
      verdict(indicator("[file:size = 7]").replacing("\"valid_from\"", with: "\"lang\":\"\(name)\",\"valid_from\""))
        != "valid")
    let mail =
      #"{"type":"email-addr","id":"email-addr--\#(Self.uuid)","value":"\#(String(repeating: "a.", count: 1 << 20))"}"#
    #expect(verdict(mail) == "schema-pattern")
  }

  @Test func `objects that share an id or a UUID are counted`() {
    let same = #"{"type":"tool","spec_version":"2.1","id":"tool--\#(Self.uuid)",\#(Self.times),"name":"n"}"#
    #expect(verdict(bundle(Array(repeating: same, count: 20_000))) == "valid")
    let types = (0..<20_000).map {
      #"{"type":"x-a\#($0)","spec_version":"2.1","id":"x-a\#($0)--\#(Self.uuid)",\#(Self.times)}"#
    }
    #expect(verdict(bundle(types)) == "stix-uuid-shared")
  }

  @Test func `selectors into long lists are followed`() {
    let labels = Array(repeating: #""a""#, count: 100_000).joined(separator: ",")
    let selectors = Array(repeating: #""labels.[99999]""#, count: 100_000).joined(separator: ",")
    let tool =
      #"{"type":"tool","spec_version":"2.1","id":"tool--\#(Self.uuid)",\#(Self.times),"name":"n","labels":[\#(labels)],"#
      + #""granular_markings":[{"lang":"en","selectors":[\#(selectors)]}]}"#
    #expect(verdict(tool) == "valid")
    #expect(verdict(tool.replacing("[99999]", with: "[100000]")) == "stix-selector-dangling")
  }
}

import Testing

@testable import Adapters

@Suite struct ForbiddenIDsTests {
  static let id = "indicator--00000002-abcd-4000-8000-000000000000"
  static let other = "observed-data--00000002-abcd-4000-8000-000000000000"

  private func found(_ text: String, _ withheld: Set<String> = [id], kept: Set<String> = []) -> [String] {
    forbiddenIDs(in: Array(text.utf8), withheld: withheld, kept: kept)
  }

  @Test(arguments: [
    #"{"id":"indicator--00000002-abcd-4000-8000-000000000000"}"#,
    #"{"uuid":"00000002-abcd-4000-8000-000000000000"}"#,
    #"{"uuid":"00000002-ABCD-4000-8000-000000000000"}"#,
    #"see 00000002-abcd-4000-8000-000000000000"#,
    #"{"x":"0000000\u0032\u002dabcd-4000-8000-000000000000"}"#,
    #"00000001-00000002-abcd-4000-8000-000000000000"#,
    #"a\\\u00300000002-abcd-4000-8000-000000000000"#,
  ])
  func `a withheld id is found in whatever form it stands`(_ text: String) {
    #expect(found(text) == [Self.id])
  }

  @Test(arguments: [
    "", "{}", "00000002-abcd-4000-8000-00000000000", "00000003-abcd-4000-8000-000000000000",
    "00000002_abcd_4000_8000_000000000000",
  ])
  func `what is not there is not found`(_ text: String) {
    #expect(found(text) == [])
  }

  @Test func `nothing withheld finds nothing`() {
    #expect(found(Self.id, []) == [])
  }

  @Test func `a UUID that a kept object has too counts only behind the type withheld`() {
    #expect(found(#"{"id":"\#(Self.other)"}"#, kept: [Self.other]) == [])
    #expect(found(#"{"id":"\#(Self.other)","r":"\#(Self.id.uppercased())"}"#, kept: [Self.other]) == [Self.id])
    #expect(found(#"{"id":"\#(Self.other)"}"#) == [Self.id])
  }

  @Test func `the search is one pass, whatever the text`() {
    let text = [UInt8](repeating: UInt8(ascii: "-"), count: 2_000_000)
    #expect(forbiddenIDs(in: text, withheld: [Self.id]) == [])
  }
}

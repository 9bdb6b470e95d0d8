import Contract
import Formats
import JSON
import Testing

@Suite struct TextFormatsTests {
  private func findings(_ text: String, _ format: FormatID) throws -> [String] {
    let message = try FormatCatalogue.identify(Array(text.utf8), contentType: nil, hint: nil)
    #expect(message.format == format)
    return FormatCatalogue.errors(in: message).map(\.rule)
  }

  @Test func `each output is known by its beginning, and judged by its form`() throws {
    #expect(try findings("CEF:0|a|b|1|c|d \\| e|5|dst=1.2.3.4\n", .cef) == [])
    #expect(try findings("CEF:0|a|b|1|c\\|d|5|dst=1.2.3.4\n", .cef) == ["cef-form"])
    #expect(try findings("CEF:0|a|b|1|c|d|5|\nno line of it\n", .cef) == ["cef-form"])
    let header = CSVFormat.header.joined(separator: ",") + "\r\n"
    #expect(try findings(header + "a,\"b,\"\"c\"\"\r\nd\",,,,,,,,,\r\n", .csv) == [])
    #expect(try findings(header + "a,b\r\n", .csv) == ["csv-form"])
    #expect(try findings("> **TLP:RED** · page 1 of 2\n\na\n\n---\n\n> **TLP:RED** · page 2 of 2\n\nb\n", .brief) == [])
    #expect(
      try findings("> **TLP:RED** · page 1\n\na\n\n---\n\n> **TLP:CLEAR** · page 2\n\nb\n", .brief) == ["brief-form"])
    #expect(try findings("> **TLP:RED** · page 1\n\na\n\n---\n\nb\n", .brief) == ["brief-form"])
    #expect(try findings(#"{"@timestamp":"x","ecs":{}}"#, .ecs) == ["ecs-form"])
    #expect(try findings(#"{"class_uid":2004,"metadata":{}}"#, .ocsf) == ["ocsf-form"])
  }

  @Test func `tables are read with quotes, empty cells, and any end of line`() {
    #expect(
      CSVText.rows("a,b\r\n\"c\"\"d\",\"e\nf\"\n\n,\ng").map(\.cells) == [
        ["a", "b"], ["c\"d", "e\nf"], ["", ""], ["g"],
      ])
    #expect(CSVText.rows("a,b\r\n\"c\"\"d\",\"e\nf\"\n\n,\ng").map(\.line) == [1, 2, 5, 6])
    #expect(CSVText.rows("a;b", separator: ";").map(\.cells) == [["a", "b"]])
    #expect(CSVText.rows("") == [] && CSVText.rows("\"\"").map(\.cells) == [[""]])
    #expect(CSVText.rows("\"never ends").map(\.cells) == [["never ends"]])
  }
}

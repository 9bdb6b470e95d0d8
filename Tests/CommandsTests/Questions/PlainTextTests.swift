import Contract
import Hub
import Testing

@Suite struct PlainTextTests {
  @Test(arguments: [(0, "0"), (999, "999"), (1826, "1,826"), (-1_234_567, "-1,234,567")])
  func `numbers are grouped by thousands`(number: Int, text: String) {
    #expect(PlainText.grouped(number) == text)
  }

  @Test func `words that are longer than the width are broken`() {
    #expect("aaaaaaaaaaaa b".wrapped(to: 8) == ["aaaaaaaa", "aaaa b"])
    #expect("".wrapped(to: 20) == [""])
  }

  @Test func `a text under a label begins beside it`() {
    #expect("one two three".under("why  ", width: 15) == ["why  one two", "     three"])
  }

  @Test func `control characters, turned text and hidden characters do not survive`() {
    #expect("a\u{1B}[31mb\nc\u{202E}d\u{200B}".printable == "a\u{FFFD}[31mb c\u{FFFD}d\u{FFFD}")
    #expect("übrig 漢字 ok".printable == "übrig 漢字 ok")
  }

  @Test func `a table is as wide as its cells, and numbers stand to the right`() {
    var table = TextTable([.init("name"), .init("count", isNumber: true), .init("last")])
    table.rows = [["a", "1", "x"], ["longer", "1,000", "y"]]
    #expect(table.lines(width: 40) == ["name    count  last", "a           1  x", "longer  1,000  y"])
  }

  @Test func `a time is told to the second`() {
    let instant = Instant(milliseconds: 1_795_501_800_123)
    #expect(instant.plain == "2026-11-24 06:30:00")
    #expect(instant.time == "06:30:00.123")
  }
}

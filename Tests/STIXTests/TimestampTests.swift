import Contract
import Testing

@testable import STIX

@Suite struct TimestampTests {
  @Test(arguments: [
    "", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05+00:00", "2026-01-02t03:04:05Z",
    "2026-01-02T03:04:05z",
    "2026-01-02 03:04:05Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-02T24:00:00Z",
    "2026-01-02T03:60:00Z", "2026-01-02T03:04:60Z", "2026-01-02T23:59:61Z", "2026-01-02T03:04:05.Z",
    "2026-01-02T03:04:05.1 Z", "2026-01-02T03:04:05,1Z", "026-01-02T03:04:05.1Z", "+026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.1ZZ", "1900-02-29T00:00:00Z", "٢٠٢٦-01-02T03:04:05Z",
  ])
  func `what is no moment in UTC is refused`(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"), ("2024-02-29T23:59:59.1Z", "2024-02-29T23:59:59.100Z"),
    ("2026-01-02T03:04:05.123456789012Z", "2026-01-02T03:04:05.123456789012Z"),
    ("2026-01-02T03:04:05.120000Z", "2026-01-02T03:04:05.120Z"), ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"), ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"),
  ])
  func `a moment is written with at least milliseconds and loses nothing`(text: String, written: String) throws {
    #expect(try #require(Timestamp(text)).description == written)
  }

  @Test func `moments are ordered exactly`() throws {
    let texts = [
      "1969-12-31T23:59:59.9Z", "1970-01-01T00:00:00Z", "2016-04-06T20:03:48.000Z", "2016-04-06T20:03:48.000123Z",
      "2016-04-06T20:03:48.0002Z", "2016-04-06T20:03:48.1Z", "2016-04-06T20:03:48.10001Z", "2016-04-06T20:03:49Z",
    ]
    let moments = try texts.map { try #require(Timestamp($0)) }
    #expect(moments == moments.shuffled().sorted())
    #expect(Timestamp("2026-01-02T03:04:05.10Z") == Timestamp("2026-01-02T03:04:05.1Z"))
  }

  @Test(arguments: [0, 1, 999, -1, -1000, -1001, 1_767_323_045_120])
  func `milliseconds go there and back`(milliseconds: Int64) {
    let moment = Timestamp(Instant(milliseconds: milliseconds))
    #expect(moment.milliseconds == milliseconds)
    #expect(moment.instant == Instant(milliseconds: milliseconds))
    #expect(moment.description == Instant(milliseconds: milliseconds).description)
  }
}

package import Contract

/// Days and moments as configuration files write them.
package enum Moment {
  /// Reads `2026-11-24` as the beginning of that day in UTC, or `2026-11-24T06:30:00Z`; nil for anything else, or a
  /// day that does not exist.
  package static func read(_ text: String) -> Instant? {
    guard
      let match = text.wholeMatch(
        of: /([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})Z)?/),
      let year = Int64(match.1), let month = Int64(match.2), let day = Int64(match.3)
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    guard CivilDate(dayNumber: date.dayNumber) == date else { return nil }
    func part(_ digits: Substring?) -> Int64 { digits.flatMap { Int64($0) } ?? 0 }
    let (hour, minute, second) = (part(match.4), part(match.5), part(match.6))
    guard hour < 24, minute < 60, second < 60 else { return nil }
    return Instant(milliseconds: (date.dayNumber * 86_400 + hour * 3600 + minute * 60 + second) * 1000)
  }

  /// A moment as files write it, to the second.
  package static func text(_ moment: Instant) -> String { "\(moment.description.prefix(19))Z" }
}

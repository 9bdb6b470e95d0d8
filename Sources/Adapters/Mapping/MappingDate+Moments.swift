import Formats
import Partners
import STIX

extension MappingDate {
  /// The moment in UTC as STIX writes it; nil where the text has another form, or there is no such moment.
  func moment(_ text: String) -> String? {
    switch word {
    case "rfc3339": return CSAFMoment(text)?.text
    case "seconds", "milliseconds":
      guard let number = Int64(text), number >= 0, number < 253_402_300_800_000 else { return nil }
      let (milliseconds, isTooMuch) = number.multipliedReportingOverflow(by: word == "seconds" ? 1000 : 1)
      guard !isTooMuch, milliseconds < 253_402_300_800_000 else { return nil }
      return Timestamp(milliseconds: milliseconds).description
    default: break
    }
    var rest = Substring(text)
    var values: [Character: String] = [:]
    for piece in pieces {
      switch piece {
      case .mark(let mark):
        guard rest.first == mark else { return nil }
        rest = rest.dropFirst()
      case .digits(let name, let count):
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        values[name] = String(digits)
        rest = rest.dropFirst(count)
      }
    }
    guard rest.isEmpty else { return nil }
    func two(_ name: Character) -> String { values[name].map { $0.count == 1 ? "0" + $0 : $0 } ?? "00" }
    return CSAFMoment("\(values["Y"] ?? "")-\(two("M"))-\(two("D"))T\(two("h")):\(two("m")):\(two("s"))Z")?.text
  }

  /// The moment in this form; nil where it would say less.
  func text(_ moment: String) -> String? {
    guard let time = Timestamp(moment) else { return nil }
    let text: String
    switch word {
    case "rfc3339": text = time.description
    case "seconds": text = String(time.milliseconds / 1000)
    case "milliseconds": text = String(time.milliseconds)
    default:
      let whole = Array(time.description)
      let places: [Character: Range<Int>] = [
        "Y": 0..<4, "M": 5..<7, "D": 8..<10, "h": 11..<13, "m": 14..<16, "s": 17..<19,
      ]
      text = pieces.map { piece in
        switch piece {
        case .mark(let mark): String(mark)
        case .digits(let name, let count): String((places[name].map { String(whole[$0]) } ?? "").suffix(count))
        }
      }.joined()
    }
    return self.moment(text) == time.description ? text : nil
  }
}

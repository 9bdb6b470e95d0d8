/// A form of dates: `YYYY-MM-DD hh:mm:ss`, `DD.MM.YYYY`, `seconds` since 1970, or `rfc3339`.
package struct MappingDate: Sendable, Equatable {
  package enum Piece: Sendable, Equatable {
    case digits(Character, Int)
    case mark(Character)
  }

  package let pieces: [Piece]
  package let word: String

  /// Nil where the form has no year, month and day, or has something twice.
  package init?(_ form: String) {
    word = form
    if form == "seconds" || form == "milliseconds" || form == "rfc3339" {
      pieces = []
      return
    }
    var pieces: [Piece] = []
    var seen: Set<Character> = []
    for character in form {
      guard "YMDhms".contains(character) else {
        pieces.append(.mark(character))
        continue
      }
      if case .digits(let last, let count) = pieces.last, last == character {
        pieces[pieces.count - 1] = .digits(character, count + 1)
      } else {
        guard seen.insert(character).inserted else { return nil }
        pieces.append(.digits(character, 1))
      }
    }
    guard seen.isSuperset(of: "YMD") else { return nil }
    self.pieces = pieces
  }
}

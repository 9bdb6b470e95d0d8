/// A pattern of STIX 2.0 as one of STIX 2.1: `START '2016…'` becomes `START t'2016…'`, and properties have their names of
/// STIX 2.1. What stands in quotes stays as it is, and so does what is no pattern.
struct STIX20Pattern {
  private(set) var text = ""
  private(set) var hasTimes = false
  /// Properties under their old names and their new ones, each once.
  private(set) var renamed: [(String, String)] = []
  /// Properties that STIX 2.1 does not have.
  private(set) var gone: [String] = []

  private let scalars: [Unicode.Scalar]
  private var next = 0

  init(_ pattern: String) {
    scalars = Array(pattern.unicodeScalars)
    var word = ""
    while let scalar = peek {
      if scalar == "'" {
        if word == "START" || word == "STOP" {
          text += "t"
          hasTimes = true
        }
        text += quoted()
        word = ""
      } else if Self.isWord(scalar) {
        word = self.word()
        text += word
        if peek == ":" { path(of: word) }
      } else {
        if scalar != " " { word = "" }
        text.unicodeScalars.append(scalar)
        next += 1
      }
    }
  }

  private var peek: Unicode.Scalar? { next < scalars.count ? scalars[next] : nil }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-")
  }

  private mutating func word() -> String {
    var word = ""
    while let scalar = peek, Self.isWord(scalar) {
      word.unicodeScalars.append(scalar)
      next += 1
    }
    return word
  }

  /// A text in quotes, with them.
  private mutating func quoted() -> String {
    var quoted = "'"
    var isEscaped = false
    next += 1
    while let scalar = peek {
      quoted.unicodeScalars.append(scalar)
      next += 1
      if scalar == "'", !isEscaped { break }
      isEscaped = scalar == "\\" && !isEscaped
    }
    return quoted
  }

  /// The steps of an object path behind its type: `:binary_ref.hashes.'SHA-256'`.
  private mutating func path(of type: String) {
    var owner: String? = type
    var before = ""
    repeat {
      text.unicodeScalars.append(scalars[next])
      next += 1
      let isQuoted = peek == "'"
      let spelt = isQuoted ? quoted() : word()
      let name = isQuoted ? String(spelt.dropFirst().dropLast()) : spelt
      var new = name
      if before == "hashes" || before.hasSuffix("_hashes") {
        new = STIX20Names.hash(name)
      } else if let owner {
        new = STIX20Names.renamed[owner]?[name] ?? name
        if STIX20Names.isGone(name, of: owner), !gone.contains("\(owner):\(name)") { gone.append("\(owner):\(name)") }
      }
      text += new == name ? spelt : isQuoted ? "'\(new)'" : new
      let change = ("\(owner.map { $0 + ":" } ?? "")\(name)", new)
      if new != name, !renamed.contains(where: { $0 == change }) { renamed.append(change) }
      owner = before == "extensions" ? name : STIX20Names.targets[name]
      before = name
      index()
    } while peek == "."
  }

  /// `[0]` or `[*]` behind a step.
  private mutating func index() {
    while peek == "[" {
      while let scalar = peek {
        text.unicodeScalars.append(scalar)
        next += 1
        if scalar == "]" { break }
      }
    }
  }
}

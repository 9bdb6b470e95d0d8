import Schemas

/// The weaknesses of CWE by number, each with the names that it has and had.
enum Weaknesses {
  enum Verdict: Equatable {
    case right
    case unknown
    /// The weakness has another name: this one.
    case otherName(String)
  }

  static func verdict(_ id: String, _ name: String) -> Verdict {
    guard let number = Int(id.dropFirst("CWE-".count)) else { return .unknown }
    guard let names = table[number] else {
      // CWE grows: what has a number beyond the list cannot be judged.
      return number > newest ? .right : .unknown
    }
    return names.contains(Substring(name)) ? .right : .otherName(String(names[0]))
  }

  /// `Schemas/csaf/cwe.txt`: number, name, earlier names, with tabulators between.
  private static let table: [Int: [Substring]] = {
    guard let bytes = try? SchemaFiles.read("csaf/cwe.txt") else { return [:] }
    var table: [Int: [Substring]] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let cells = line.split(separator: "\t")
      guard cells.count > 1, let number = Int(cells[0]) else { continue }
      table[number] = Array(cells.dropFirst())
    }
    return table
  }()

  private static let newest = table.keys.max() ?? 0
}

import JSON

/// Scores of CVSS held against their vectors.
enum CVSSScore {
  typealias Fault = (rule: Rule, value: JSONValue, message: String)

  static func faults(of score: JSONValue, member: String) -> [Fault] {
    guard let value = score["vectorString"], let text = value.string else { return [] }
    switch member {
    case "cvss_v2": return faults(score, value, text, CVSS2.self)
    case "cvss_v3":
      if let version = score["version"]?.string, text.hasPrefix("CVSS:"), !text.hasPrefix("CVSS:\(version)/") {
        return [(CSAFRules.scoreForm, value, "the vector is not one of CVSS \(version), which version says it is")]
      }
      return text.hasPrefix("CVSS:3.0/")
        ? faults(score, value, text, CVSS30.self) : faults(score, value, text, CVSS31.self)
    default: return []
    }
  }

  private static func faults<System: CVSSSystem>(
    _ score: JSONValue, _ value: JSONValue, _ text: String, _ system: System.Type
  ) -> [Fault] {
    let vector: CVSSVector
    switch CVSSVector.read(text, System.table) {
    case .success(let read): vector = read
    case .failure(let fault): return [(CSAFRules.scoreForm, value, fault.message)]
    }
    var found: [Fault] = []
    for (name, member) in score.members {
      guard let metric = System.table.members[name], let said = member.string, let code = vector[metric] else {
        continue
      }
      if let word = System.table.codes[metric]?[code], word != said {
        found.append((CSAFRules.scoreAgrees, member, "\(name) is \(said), and the vector says \(word)"))
      }
    }
    let whole = vector.completed(by: score, System.table)
    for kind in CVSSKind.allCases {
      let number = score[kind.score]
      let word = System.hasSeverities ? score[kind.severity] : nil
      guard number != nil || word != nil else { continue }
      let result = System.score(kind, whole)
      if let number, let said = number.number, abs(said - result) > 0.001 {
        found.append((CSAFRules.scoreComputed, number, "\(kind.score) is \(number), and the vector gives \(result)"))
      }
      let severity = CVSSSeverity.word(result)
      if let word, let said = word.string, said != severity {
        found.append(
          (CSAFRules.scoreComputed, word, "\(kind.severity) is \(said), and the vector gives \(result), \(severity)"))
      }
    }
    return found
  }
}

/// A version of CVSS: its metrics, and what a vector comes to.
protocol CVSSSystem {
  static var table: CVSSTable { get }
  static var hasSeverities: Bool { get }
  static func score(_ kind: CVSSKind, _ vector: CVSSVector) -> Double
}

/// The scores that a vector comes to, by the names of their members.
enum CVSSKind: CaseIterable {
  case base, temporal, environmental

  var score: String {
    switch self {
    case .base: "baseScore"
    case .temporal: "temporalScore"
    case .environmental: "environmentalScore"
    }
  }

  var severity: String {
    switch self {
    case .base: "baseSeverity"
    case .temporal: "temporalSeverity"
    case .environmental: "environmentalSeverity"
    }
  }
}

/// Words for scores, the same for all versions that have them.
package enum CVSSSeverity {
  package static func word(_ score: Double) -> String {
    switch score {
    case ..<0.05: "NONE"
    case ..<3.95: "LOW"
    case ..<6.95: "MEDIUM"
    case ..<8.95: "HIGH"
    default: "CRITICAL"
    }
  }
}

/// A vector: what each metric is.
struct CVSSVector {
  struct Fault: Error { let message: String }

  private var codes: [(metric: String, code: String)] = []

  /// The code of a metric; nil where the vector leaves it out.
  subscript(_ metric: String) -> String? { codes.first { $0.metric == metric }?.code }

  private mutating func set(_ metric: String, _ code: String) { codes.append((metric, code)) }

  /// The vector, with metrics that it leaves out as the members of a score say them.
  func completed(by score: JSONValue, _ table: CVSSTable) -> CVSSVector {
    var vector = self
    for (name, member) in score.members {
      guard let metric = table.members[name], self[metric] == nil, let word = member.string,
        let code = table.codes[metric]?.first(where: { $0.value == word })?.key
      else { continue }
      vector.set(metric, code)
    }
    return vector
  }

  static func read(_ text: String, _ table: CVSSTable) -> Result<CVSSVector, Fault> {
    var vector = CVSSVector()
    for part in text.split(separator: "/") where !part.hasPrefix("CVSS:") {
      guard let colon = part.firstIndex(of: ":") else { return .failure(Fault(message: "'\(part)' has no colon")) }
      let (metric, code) = (String(part[..<colon]), String(part[part.index(after: colon)...]))
      guard table.codes[metric]?[code] != nil else {
        return .failure(Fault(message: "'\(part.prefix(20))' is no metric of this version of CVSS"))
      }
      guard vector[metric] == nil else { return .failure(Fault(message: "the vector has \(metric) twice")) }
      vector.set(metric, code)
    }
    for metric in table.required where vector[metric] == nil {
      return .failure(Fault(message: "the vector lacks \(metric), which a base score needs"))
    }
    return .success(vector)
  }
}

/// The metrics of a version: codes with the words and weights that they stand for.
struct CVSSTable {
  /// By metric and code: the word that members of a score use for it.
  let codes: [String: [String: String]]
  /// The members of a score that say what a metric is, and which.
  let members: [String: String]
  let required: [String]
}

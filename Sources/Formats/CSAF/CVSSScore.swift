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
    for (name, metric) in System.table.members {
      guard let member = score[name], let said = member.string else { continue }
      // What the vector leaves out, a member can say.
      guard let code = vector[metric] else { continue }
      if let word = System.table.codes[metric]?[code], word != said {
        found.append((CSAFRules.scoreAgrees, member, "\(name) is \(said), and the vector says \(word)"))
      }
    }
    let computed = System.scores(vector.completed(by: score, System.table))
    for (kind, result) in [
      ("base", computed.base), ("temporal", computed.temporal), ("environmental", computed.environmental),
    ] {
      let name = "\(kind)Score"
      if let member = score[name], let said = member.number, abs(said - result) > 0.001 {
        found.append((CSAFRules.scoreComputed, member, "\(name) is \(member), and the vector gives \(result)"))
      }
      let severity = CVSSSeverity.word(result)
      if System.hasSeverities, let member = score["\(kind)Severity"], let said = member.string, said != severity {
        found.append(
          (CSAFRules.scoreComputed, member, "\(kind)Severity is \(said), and the vector gives \(result), \(severity)"))
      }
    }
    return found
  }
}

/// A version of CVSS: its metrics, and what a vector comes to.
protocol CVSSSystem {
  static var table: CVSSTable { get }
  static var hasSeverities: Bool { get }
  static func scores(_ vector: CVSSVector) -> (base: Double, temporal: Double, environmental: Double)
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

  private var codes: [Substring: Substring] = [:]

  /// The code of a metric; nil where the vector leaves it out.
  subscript(_ metric: String) -> String? { codes[Substring(metric)].map { String($0) } }

  /// The vector, with metrics that it leaves out as the members of a score say them.
  func completed(by score: JSONValue, _ table: CVSSTable) -> CVSSVector {
    var vector = self
    for (name, metric) in table.members where codes[Substring(metric)] == nil {
      guard let word = score[name]?.string, let code = table.codes[metric]?.first(where: { $0.value == word })?.key
      else { continue }
      vector.codes[Substring(metric)] = Substring(code)
    }
    return vector
  }

  static func read(_ text: String, _ table: CVSSTable) -> Result<CVSSVector, Fault> {
    var vector = CVSSVector()
    for part in text.split(separator: "/") where !part.hasPrefix("CVSS:") {
      guard let colon = part.firstIndex(of: ":") else { return .failure(Fault(message: "'\(part)' has no colon")) }
      let (metric, code) = (part[..<colon], part[part.index(after: colon)...])
      guard table.codes[String(metric)]?[String(code)] != nil else {
        return .failure(Fault(message: "'\(part.prefix(20))' is no metric of this version of CVSS"))
      }
      guard vector.codes.updateValue(code, forKey: metric) == nil else {
        return .failure(Fault(message: "the vector has \(metric) twice"))
      }
    }
    for metric in table.required where vector.codes[Substring(metric)] == nil {
      return .failure(Fault(message: "the vector lacks \(metric), which a base score needs"))
    }
    return .success(vector)
  }
}

/// The metrics of a version: codes with the words and weights that they stand for.
struct CVSSTable {
  /// By metric and code: the word that members of a score use for it.
  let codes: [String: [String: String]]
  /// The members of a score that say what a metric is.
  let members: [(name: String, metric: String)]
  let required: [String]
}

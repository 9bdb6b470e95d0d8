import Contract
import STIX

extension Explanation {
  /// The answer as lines for a terminal.
  package var text: String {
    let objects = "\(objectCount) \(objectCount == 1 ? "object" : "objects")"
    var lines = ["From \(sender): \(kind.rawValue), \(objects)\(isExercise ? ", an exercise" : "")"]
    for recipient in recipients { lines += [""] + recipient.lines }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension ExplainedRecipient {
  fileprivate var lines: [String] {
    var lines = ["\(agency): \(headline)", "  \(reason)"]
    guard let decision else { return lines }
    lines += passing.map { "  passes    \($0.line)" }
    lines += cutOut.map { "  cut out   \($0.pointer) of \($0.id)" }
    lines += withheld.map { object in
      "  withheld  \(object.line): \(object.rule?.explanation ?? "")"
    }
    if decision.outcome != .withhold {
      let duties = decision.obligations.sentence
      lines.append("  strictest label \(decision.tlp.label)\(duties.isEmpty ? "" : "; \(duties)")")
    }
    return lines
  }

  private var headline: String {
    guard let decision else { return "nothing (not considered)" }
    let what =
      switch decision.outcome {
      case .deliver: "all of it"
      case .redact: "a part of it"
      case .hold: "held until approved"
      case .withhold: "nothing"
      }
    guard let arrangement = decision.arrangement else { return "\(what) (\(decision.rule.rawValue))" }
    let version = decision.arrangementVersion.map { ", version \($0)" } ?? ""
    let trial = isOnTrial ? ", on trial without signatures" : ""
    let grant = decision.grant.map { "grant \($0) of " } ?? ""
    return "\(what) (\(decision.rule.rawValue), \(grant)\(arrangement)\(version)\(trial))"
  }
}

extension ExplainedObject {
  fileprivate var line: String { "\(id) \(marking)" + (name.map { " \"\($0)\"" } ?? "") }
}

extension Obligations {
  /// The duties in words, or nothing.
  package var sentence: String {
    var parts: [String] = []
    if let onward { parts.append("pass on to: \(onward.rawValue)") }
    if let retentionDays { parts.append("keep for \(retentionDays) days at most") }
    if let pap { parts.append(pap.rawValue) }
    if let attribution { parts.append("name the originator: \(attribution.rawValue)") }
    if let purposes {
      parts.append("use for: " + (purposes.isEmpty ? "ask the originator" : purposes.joined(separator: ", ")))
    }
    return parts.joined(separator: "; ")
  }
}

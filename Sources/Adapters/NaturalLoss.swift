package import Contract

/// Something that a format cannot carry, whatever the message: known before anything is translated.
package struct NaturalLoss: Sendable, Equatable {
  /// The format that it comes from; nil for every format.
  package var from: FormatID?
  /// How bad it is at worst.
  package var severity: Loss.Severity
  /// What is lost, in words.
  package var what: String
  /// The reason that each such loss gives; `*` stands for a word that differs.
  package var why: String

  package init(_ severity: Loss.Severity, from: FormatID? = nil, _ what: String, why: String) {
    self.from = from
    self.severity = severity
    self.what = what
    self.why = why
  }

  /// Whether a loss is one of these.
  package func explains(_ loss: Loss) -> Bool {
    guard loss.severity <= severity else { return false }
    guard let star = why.firstIndex(of: "*") else { return loss.why == why }
    let (head, tail) = (why[..<star], why[why.index(after: star)...])
    return loss.why.count >= head.count + tail.count && loss.why.hasPrefix(head) && loss.why.hasSuffix(tail)
  }
}

import Contract

/// What formats lose whatever the message, beside what their own pages say.
enum NativeLosses {
  static func markings(_ why: String) -> NaturalLoss {
    NaturalLoss(.obligation, "markings other than TLP", why: why)
  }
}

extension CSAFAdapter {
  package var naturalLosses: [NaturalLoss] {
    [
      NativeLosses.markings("a CSAF document carries TLP and nothing else"),
      NaturalLoss(
        .meaning, "objects beside vulnerabilities, what mitigates them, and what names them",
        why: "a CSAF document has no place for it"),
      NaturalLoss(
        .meaning, "what a vulnerability says beside name, text and references",
        why: "a vulnerability of a CSAF document has no place for it"),
      NaturalLoss(
        .meaning, "what a measure says beside name and text", why: "a note of a CSAF document has no place for it"),
    ]
  }
}

extension KEVAdapter {
  package var naturalLosses: [NaturalLoss] {
    [
      NativeLosses.markings("the KEV catalogue has no place for markings"),
      NaturalLoss(
        .meaning, "whatever is no entry of the catalogue, and whatever an entry has no member for",
        why: "the KEV catalogue has no place for it"),
    ]
  }
}

extension IntelMQAdapter {
  package var naturalLosses: [NaturalLoss] { CSIRTLosses.all(IntelMQDialect().noun) }
}

extension N6Adapter {
  package var naturalLosses: [NaturalLoss] { CSIRTLosses.all(N6Dialect().noun) }
}

/// What no event has a place for.
private enum CSIRTLosses {
  static func all(_ noun: String) -> [NaturalLoss] {
    [
      NativeLosses.markings("\(noun) carries one label and nothing else"),
      NaturalLoss(
        .meaning,
        "objects beside observed data and indicators of one value, and what these say beside values, times and class",
        why: "\(noun) has no place for it"),
    ]
  }
}

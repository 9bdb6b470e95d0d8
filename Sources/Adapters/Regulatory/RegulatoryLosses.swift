import Contract

/// What reports to regulators have no place for.
enum RegulatoryLosses {
  static let any: [NaturalLoss] = [
    NaturalLoss(.obligation, "markings other than TLP", why: "a report carries TLP and nothing else"),
    NaturalLoss(
      .meaning, "objects beside the incident, its parties and its indicators", why: "a report has no place for it"),
    NaturalLoss(
      .meaning, "what an indicator says beside its value", why: "an entry of a report's indicators has no place for it"),
  ]

  /// Between two laws: what the one asks and the other does not. Of what is assumed, the answer and why.
  static func between(
    _ from: FormatID, and target: String, assumed: [(answer: String, why: String)]
  ) -> [NaturalLoss] {
    [
      NaturalLoss(
        .meaning, from: from, "answers that \(target) does not ask for", why: "\(target) does not ask for it"),
      NaturalLoss(
        .information, from: from, "answers that \(target) asks for and the report does not give, each by name",
        why: "this report does not say"),
    ] + assumed.map { NaturalLoss(.information, from: from, "that \($0.answer) is assumed", why: $0.why) }
  }
}

extension NIS2Adapter {
  package var naturalLosses: [NaturalLoss] {
    RegulatoryLosses.any
      + RegulatoryLosses.between(
        .circia, and: "NIS2",
        assumed: [
          ("the moment of becoming aware", CrosswalkToNIS2.assumedMoment),
          ("the Member State", "the report was received in the United States, which are no Member State"),
        ])
  }
}

extension CIRCIAAdapter {
  package var naturalLosses: [NaturalLoss] {
    RegulatoryLosses.any
      + RegulatoryLosses.between(
        .nis2, and: "CIRCIA", assumed: [("the moment of reasonably believing", CrosswalkToCIRCIA.assumedMoment)])
  }
}

extension CRAAdapter {
  package var naturalLosses: [NaturalLoss] { RegulatoryLosses.any }
}

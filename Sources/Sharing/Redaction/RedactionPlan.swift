import Contract
import JSON
import STIX

/// What has to be changed for one recipient in what would pass to it, before references are followed.
struct RedactionPlan: Sendable {
  /// What is done to each class; a class that is not in it passes.
  let treatments: [FieldClass: Treatment]
  /// The recipient may not be told who the originator is.
  let hidesSource: Bool
  /// What cannot pass as it is does not pass.
  let forbidsEdits: Bool
  /// Classes that go on a ground that is looked at each time anew.
  let caseByCase: Set<FieldClass>

  /// All of the above in one number: equal plans change the same.
  let code: UInt64

  var isEmpty: Bool { treatments.isEmpty && !hidesSource && caseByCase.isEmpty }

  /// - Parameter covering: the grants that cover something of what would pass.
  init(_ judgement: MessageJudgement, covering: [Term], duties: Obligations, hidesSource: Bool) {
    self.hidesSource = hidesSource || duties.attribution == .mustNot
    forbidsEdits = duties.edits == Obligations.Edits.none
    var treatments = duties.redaction
    var caseByCase: Set<FieldClass> = []
    let isTransfer =
      DataProtectionArea.isInside(judgement.sender.jurisdiction)
      && !DataProtectionArea.isInside(judgement.recipient.jurisdiction)
    if isTransfer, Safeguard.transferDefaults.stands {
      for name in FieldClass.allCases {
        if let tool = Self.tool(for: name, covering) {
          if tool == .publicInterest { caseByCase.insert(name) }
        } else {
          treatments[name] = max(treatments[name] ?? .pass, name.treatmentOnTransfer)
        }
      }
    }
    self.treatments = treatments.filter { $0.value != .pass }
    self.caseByCase = caseByCase
    var code: UInt64 = (self.hidesSource ? 1 : 0) | (forbidsEdits ? 2 : 0)
    for (place, name) in FieldClass.allCases.enumerated() {
      let treatment = self.treatments[name].flatMap { Treatment.allCases.firstIndex(of: $0) } ?? 0
      code |= UInt64(treatment << 1 | (caseByCase.contains(name) ? 1 : 0)) << UInt64(4 + place * 4)
    }
    self.code = code
  }

  /// On what the class may leave; nil where not every arrangement that covers something lets it.
  private static func tool(for name: FieldClass, _ covering: [Term]) -> TransferTool? {
    var weakest: TransferTool?
    guard !covering.isEmpty else { return nil }
    for term in covering {
      guard let data = term.arrangement.personalData, data.isInScope,
        data.transferTool != .none || !Safeguard.transferTool.stands,
        data.categories.contains(name)
      else { return nil }
      if weakest != .publicInterest { weakest = data.transferTool }
    }
    return weakest
  }

  /// What is to be done with one object.
  struct Steps {
    var rewrites: [Rewrite] = []
    var removals: [Removal] = []
    var needsReview = false
    var isCase = false
    var withheld: DecisionRule?
  }

  /// - Parameters:
  ///   - isCreator: some object of the message names it as its creator.
  ///   - fields: what is sensitive in it, where that is asked for.
  /// - Returns: nil where it passes as it is.
  func steps(
    for index: Int, _ object: ObjectClass, isCreator: Bool, sender: Agency?, fields: () -> [SensitiveField]
  ) -> Steps? {
    var steps = Steps()
    let isSource =
      object.role == .identity && (isCreator || object.isIdentityOf.map { $0 == sender?.id } ?? false)
    if DecisionRule.sourceHidden.fires(hidesSource && isSource) {
      steps.withheld = .sourceHidden
      return steps
    }
    guard !treatments.isEmpty || !caseByCase.isEmpty else { return nil }
    let fields = fields()
    guard !fields.isEmpty else { return nil }
    for field in fields {
      if caseByCase.contains(field.fieldClass), treatments[field.fieldClass] ?? .pass < .drop { steps.isCase = true }
      guard let treatment = treatments[field.fieldClass], Safeguard.treatment(field.fieldClass).stands else { continue }
      switch treatment {
      case .pass: break
      case .review: steps.needsReview = true
      case .drop where field.fieldClass == .urlQuery:
        steps.rewrites.append(Rewrite(object: index, pointer: field.pointer, treatment: .drop, form: .url))
      case .drop where field.isEssential: if Safeguard.rule(.personalData).stands { steps.withheld = .personalData }
      case .drop: steps.removals.append(Removal(object: index, pointer: field.pointer))
      // What has no pseudonym of its own form goes.
      case .truncate, .pseudonymise:
        if field.form == .text {
          steps.removals.append(Removal(object: index, pointer: field.pointer))
        } else {
          let isAddress = field.form == .ipv4 || field.form == .ipv6
          steps.rewrites.append(
            Rewrite(
              object: index, pointer: field.pointer, treatment: isAddress ? treatment : .pseudonymise,
              form: field.form))
        }
      }
    }
    // One place is changed once, by the stricter of several.
    var seen: Set<JSONPointer> = []
    steps.rewrites.sort { $0.treatment.rank > $1.treatment.rank }
    steps.rewrites.removeAll { !seen.insert($0.pointer).inserted }
    let isChanged = !steps.rewrites.isEmpty || !steps.removals.isEmpty
    if DecisionRule.mayNotBeChanged.fires(forbidsEdits && isChanged) { steps.withheld = .mayNotBeChanged }
    return steps
  }
}

extension Treatment {
  /// A pseudonym hides more than what a dropped part leaves.
  fileprivate var rank: Int {
    switch self {
    case .pass, .review: 0
    case .drop: 1
    case .truncate: 2
    case .pseudonymise: 3
    }
  }
}

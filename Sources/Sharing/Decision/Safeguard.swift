/// One thing that the decision does to keep something back: what `make mutants` breaks, one after the other, to see
/// whether the tests notice.
enum Safeguard: Hashable, Sendable, CustomStringConvertible {
  /// The rule withholds what it is for.
  case rule(DecisionRule)
  /// Details of the class are treated.
  case treatment(FieldClass)
  /// Personal data that leaves the Union takes the defaults where no clause says otherwise.
  case transferDefaults
  /// A clause on personal data needs a tool.
  case transferTool
  /// Ceilings of every arrangement hold, not only of the one that grants.
  case foreignCeilings
  /// The sender's header makes labels stricter.
  case floor
  /// What says a label without being a marking makes labels stricter.
  case spokenLabels
  /// AMBER of TLP 1 is read as AMBER+STRICT unless all agreed otherwise.
  case oldAmber
  /// Duties of several terms add up.
  case duties
  /// An id that is computed from what is cut out goes with it.
  case computedIDs
  /// What is marked not to name its provider hides the source.
  case providerConsent
  /// A party's restriction holds for it.
  case restrictions
  /// A hold that has an end does not end before.
  case holdUntilEnd

  var description: String {
    switch self {
    case .rule(let rule): rule.rawValue
    case .treatment(let name): "treatment of \(name.rawValue)"
    case .transferDefaults: "defaults on transfer"
    case .transferTool: "transfer tool"
    case .foreignCeilings: "ceilings of other arrangements"
    case .floor: "the sender's label"
    case .spokenLabels: "labels that are no markings"
    case .oldAmber: "old AMBER"
    case .duties: "duties add up"
    case .computedIDs: "computed ids"
    case .providerConsent: "provider's consent"
    case .restrictions: "restrictions of one party"
    case .holdUntilEnd: "a hold until its end"
    }
  }

  #if DEBUG
    /// The safeguard that a test has broken in its task.
    @TaskLocal static var broken: Safeguard?

    /// Whether it is in its place: always, but in a test that has broken it.
    var stands: Bool { Self.broken != self }
  #else
    @inline(__always) var stands: Bool { true }
  #endif
}

extension DecisionRule {
  /// Whether the rule applies and its safeguard stands.
  @inline(__always)
  func fires(_ condition: @autoclosure () -> Bool) -> Bool { condition() && Safeguard.rule(self).stands }
}

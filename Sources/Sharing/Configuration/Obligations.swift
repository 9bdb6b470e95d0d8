package import Contract
package import STIX

/// What a recipient owes, or the hub on its behalf, for what it gets. Obligations add up: of two, each part takes the stricter.
package struct Obligations: Sendable, Equatable {
  /// To whom a recipient may pass it on, the narrowest last.
  package enum Onward: String, Sendable, CaseIterable, Comparable {
    case any
    case community
    /// Those that the arrangement names.
    case named
    case none

    var strictness: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (left: Onward, right: Onward) -> Bool { left.strictness < right.strictness }
  }

  package typealias PAP = STIX.PAP

  /// Whether the originator may be named, from free to forbidden.
  package enum Attribution: String, Sendable, CaseIterable, Comparable {
    case may
    case must
    case mustNot = "must-not"

    var strictness: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (left: Attribution, right: Attribution) -> Bool { left.strictness < right.strictness }
  }

  /// Whether anything may be changed before it is passed on.
  package enum Edits: String, Sendable, CaseIterable, Comparable {
    case allowed
    /// What cannot pass as it is does not pass.
    case none

    var strictness: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (left: Edits, right: Edits) -> Bool { left.strictness < right.strictness }
  }

  package var onward: Onward?
  /// How often it may change hands, this hub's delivery being the first time.
  package var maximumHops: Int?
  package var retentionDays: Int?
  package var pap: PAP?
  package var attribution: Attribution?
  package var edits: Edits?
  /// The recipient keeps it to itself until then.
  package var embargoUntil: Instant?
  /// What is done to details of these classes before it leaves.
  package var redaction: [FieldClass: Treatment]
  /// What it may be used for; empty where several arrangements agree on nothing, so that the originator must be asked.
  package var purposes: [String]?

  package init(
    onward: Onward? = nil, maximumHops: Int? = nil, retentionDays: Int? = nil, pap: PAP? = nil,
    attribution: Attribution? = nil, edits: Edits? = nil, embargoUntil: Instant? = nil,
    redaction: [FieldClass: Treatment] = [:], purposes: [String]? = nil
  ) {
    self.onward = onward
    self.maximumHops = maximumHops
    self.retentionDays = retentionDays
    self.pap = pap
    self.attribution = attribution
    self.edits = edits
    self.embargoUntil = embargoUntil
    self.redaction = redaction
    self.purposes = purposes
  }

  /// Both, each part in its stricter form.
  package func adding(_ other: Obligations) -> Obligations {
    func stricter<Part: Comparable>(_ left: Part?, _ right: Part?) -> Part? {
      guard let left, let right else { return left ?? right }
      return max(left, right)
    }
    var sum = self
    sum.onward = stricter(onward, other.onward)
    sum.pap = stricter(pap, other.pap)
    sum.attribution = stricter(attribution, other.attribution)
    sum.edits = stricter(edits, other.edits)
    sum.embargoUntil = stricter(embargoUntil, other.embargoUntil)
    sum.redaction.merge(other.redaction, uniquingKeysWith: max)
    sum.maximumHops = [maximumHops, other.maximumHops].compactMap(\.self).min()
    sum.retentionDays = [retentionDays, other.retentionDays].compactMap { $0 }.min()
    switch (purposes, other.purposes) {
    case (let left?, let right?): sum.purposes = Set(left).intersection(right).sorted()
    case (let left, let right): sum.purposes = (left ?? right)?.sorted()
    }
    return sum
  }

  /// What a label itself says about passing on (FIRST, TLP 2.0).
  static func implied(by tlp: TLP) -> Obligations {
    switch tlp {
    case .red, .amberStrict: Obligations(onward: Onward.none, maximumHops: 1)
    case .amber: Obligations(onward: .named)
    case .green: Obligations(onward: .community)
    case .clear: Obligations()
    }
  }
}

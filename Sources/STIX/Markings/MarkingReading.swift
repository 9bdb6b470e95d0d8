/// What the markings of one object come to for TLP, the strictest of several.
package enum MarkingReading: Equatable, Sendable {
  /// No marking speaks of TLP.
  case none
  case tlp(TLP)
  /// Something is marked in a way that we do not know: ids, or the text of values that have the wrong form.
  case unknown([String])
}

/// What the markings of one object say of TLP, in a value that costs nothing to copy.
package struct MarkingLabel: Sendable, Equatable {
  /// The strictest label, TLP 1's AMBER read as AMBER+STRICT; set even when something unknown stands beside it.
  package let strictest: TLP?
  /// The strictest label, TLP 1's AMBER read as AMBER.
  package let literal: TLP?
  /// Whether something is marked in a way that we do not know.
  package let isUnknown: Bool
  /// Whether there are markings that say something else than TLP, known or not.
  package let saysMore: Bool

  init(_ markings: ObjectMarkings) {
    strictest = markings.strictest
    literal = markings.literal
    isUnknown = !markings.unknown.isEmpty
    saysMore = isUnknown || !markings.additional.isEmpty
  }
}

/// All that the markings of one object say, folded together.
package struct ObjectMarkings: Sendable, Equatable {
  /// The strictest label, TLP 1's AMBER read as AMBER+STRICT; set even when something unknown stands beside it.
  package private(set) var strictest: TLP?
  /// The strictest label, TLP 1's AMBER read as AMBER.
  package private(set) var literal: TLP?
  /// The strictest label that something says that is no marking: it narrows, and what has no other stays unmarked.
  package private(set) var spoken: TLP?
  /// Ids, or the text of values, that we do not know how to read.
  package private(set) var unknown: [String] = []
  /// Ids of markings that say something else than TLP, such as statements, and travel on with the object.
  package private(set) var additional: [String] = []
  /// The strictest permissible action.
  package internal(set) var pap: PAP?
  /// What is asked beyond TLP and PAP.
  package internal(set) var controls: Set<HandlingControl> = []
  /// The only nationalities that may have it, ISO 3166-1 alpha-3 as GENC writes them; nil for any.
  package internal(set) var nationalities: Set<String>?
  /// With whom the submitter's identity may be shared; nil where nothing is said.
  package internal(set) var consent: SourceConsent?
  /// Whoever provided it is not to be named.
  package internal(set) var hidesSource = false

  package init() {}

  init(_ tlp: TLP, generation: TLPGeneration) {
    strictest = generation == .one && tlp == .amber ? .amberStrict : tlp
    literal = tlp
  }

  init(spoken tlp: TLP) { spoken = tlp }

  init(unknown text: String) { unknown = [text] }

  init(additional id: String) { additional = [id] }

  /// What the markings come to; `tlp1Amber` is what the parties agreed that AMBER of TLP 1 means.
  package func reading(tlp1Amber: TLP = .amberStrict) -> MarkingReading {
    guard unknown.isEmpty else { return .unknown(unknown) }
    guard let tlp = tlp1Amber <= .amber ? literal : strictest else { return .none }
    return .tlp(tlp)
  }

  /// Whether nothing is marked at all.
  package var isEmpty: Bool {
    strictest == nil && spoken == nil && unknown.isEmpty && additional.isEmpty && pap == nil && controls.isEmpty
      && nationalities == nil
      && consent == nil && !hidesSource
  }

  mutating func add(_ other: ObjectMarkings) {
    strictest = Self.greater(strictest, other.strictest)
    literal = Self.greater(literal, other.literal)
    spoken = Self.greater(spoken, other.spoken)
    pap = Self.greater(pap, other.pap)
    if !other.controls.isEmpty { controls.formUnion(other.controls) }
    if let more = other.nationalities { nationalities = nationalities?.intersection(more) ?? more }
    consent = Self.greater(consent, other.consent)
    hidesSource = hidesSource || other.hidesSource
    for text in other.unknown where !unknown.contains(text) { unknown.append(text) }
    for id in other.additional where !additional.contains(id) { additional.append(id) }
  }

  /// The same, as something says it that is no marking.
  var asSpoken: ObjectMarkings {
    var markings = self
    markings.spoken = Self.greater(spoken, strictest)
    markings.strictest = nil
    markings.literal = nil
    markings.additional = []
    return markings
  }

  private static func greater<Value: Comparable>(_ one: Value?, _ other: Value?) -> Value? {
    guard let one, let other else { return one ?? other }
    return max(one, other)
  }
}

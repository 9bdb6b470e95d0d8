import Contract
import JSON
import STIX

@testable import Sharing

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x2545_F491_4F6C_DD1D }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  mutating func pick<Element>(_ choices: [Element]) -> Element { choices.randomElement(using: &self)! }
}

/// An object before it is written: everything but its name may change.
struct GeneratedObject {
  let type: String
  let name: String
  var label: String
  var rest: String

  var line: String { "\(type) \(name) \(label) \(rest)" }
}

enum Generated {
  static let names = ["alpha", "beta", "gamma", "delta"]
  static let ids = names.compactMap(AgencyID.init)
  static let agencies = ids.map {
    Agency(id: $0, name: $0.slug, maximumTLP: $0.slug == "delta" ? .amber : .red)
  }
  static let types = ["indicator", "malware", "identity", "x-probe", "ipv4-addr", "campaign"]

  static func bundle(_ objects: [GeneratedObject]) throws -> STIXBundle {
    try TestMessage(objects.map(\.line).joined(separator: "\n")).bundle()
  }
}

extension SeededGenerator {
  mutating func arrangements() -> [Arrangement] {
    (0..<Int.random(in: 1...3, using: &self)).map { number in
      var arrangement = Arrangement(id: "pact-\(number)", parties: Generated.ids)
      if chance(20) { arrangement.maximumTLP = pick([.green, .amber, .amberStrict]) }
      if chance(50) { arrangement.unmarked = pick([.clear, .green, .amber]) }
      if chance(50) { arrangement.purposes = ["detection", "response"] }
      if chance(50) { arrangement.readsOldAmberLiterally = true }
      if chance(15) { arrangement.prohibitions = [Prohibition(objectTypes: ObjectTypes([pick(Generated.types)]))] }
      arrangement.grants = (0..<Int.random(in: 1...4, using: &self)).map { grant(number: number, $0) }
      return arrangement
    }
  }

  private mutating func grant(number: Int, _ index: Int) -> Grant {
    var types = chance(60) ? ["all"] : [pick(Generated.types), pick(Generated.types), "report", "relationship"]
    if chance(30) { types.append("x-*") }
    var grant = Grant(
      id: "g\(number)-\(index)", from: Generated.ids[0], to: Array(Set([pick(Generated.ids), Generated.ids[1]])),
      kinds: chance(80) ? [.bundle, .indicators] : [.alert], objectTypes: ObjectTypes(types),
      maximumTLP: pick([.green, .amber, .amberStrict, .red]))
    grant.to.removeAll { $0 == grant.from }
    grant.needsApproval = chance(20)
    grant.mustBeNamed = chance(10)
    if chance(10) { grant.purposes = ["detection"] }
    if chance(40) { grant.obligations = Obligations(onward: pick([.any, .community, .named]), retentionDays: 30) }
    return grant
  }

  mutating func submission(_ bundle: STIXBundle) -> Submission {
    var submission = Submission(
      sender: Generated.ids[0], kind: .bundle, lane: .threat, bundle: bundle, at: Instant(milliseconds: 1_000_000))
    if chance(30) { submission.named = [Generated.ids[1], pick(Generated.ids)] }
    if chance(20) { submission.tlp = pick(TLP.allCases) }
    if chance(20) { submission.purpose = pick(["detection", "response"]) }
    return submission
  }

  mutating func bundle() throws -> STIXBundle { try Generated.bundle(objects()) }

  /// Objects with names `o0`, `o1`, ... that refer to each other in every way there is, forwards and backwards.
  mutating func objects() -> [GeneratedObject] {
    let count = Int.random(in: 2...14, using: &self)
    func name(_ random: inout SeededGenerator) -> String { "o\(Int.random(in: 0..<count, using: &random))" }
    return (0..<count).map { index in
      let label = pick(["CLEAR", "GREEN", "GREEN", "AMBER", "AMBER+STRICT", "RED", "OLD-AMBER", "-", "UNKNOWN"])
      let (one, two, three) = (name(&self), name(&self), name(&self))
      var type = pick(Generated.types)
      var rest = "x_value=canary\(index)-"
      switch Int.random(in: 0..<14, using: &self) {
      case 0: (type, rest) = ("report", "object_refs=\(one),\(two),\(three)")
      case 1: (type, rest) = ("relationship", "source_ref=\(one) target_ref=\(two)")
      case 2: (type, rest) = ("sighting", "sighting_of_ref=\(one) where_sighted_refs=\(two)")
      case 3: (type, rest) = ("note", "object_refs=\(one) content='about {\(two)} and {bare \(three)}'")
      case 4: rest += " created_by_ref=\(one)"
      case 5: rest += #" x_list:='["{\#(one)}",{"{\#(two)}":1}]'"#
      case 6: (type, rest) = ("grouping", "object_refs=\(one),\(two) created_by_ref=\(three)")
      case 7: (type, rest) = ("language-content", #"object_ref=\#(one) contents:='{"de":{"name":"x"}}'"#)
      case 8: (type, rest) = ("malware", "sample_refs=\(one),\(two)")
      case 9: (type, rest) = ("extension-definition", "created_by_ref=\(one)")
      default: break
      }
      return GeneratedObject(type: type, name: "o\(index)", label: label, rest: rest)
    }
  }

  /// Makes one thing narrower and says which.
  mutating func restrict(
    _ arrangements: inout [Arrangement], _ agencies: inout [Agency], _ submission: inout Submission
  ) -> String {
    let place = Int.random(in: 0..<arrangements.count, using: &self)
    let grant = Int.random(in: 0..<arrangements[place].grants.count, using: &self)
    switch Int.random(in: 0..<17, using: &self) {
    case 0:
      arrangements[place].isSuspended = true
      return "suspending an arrangement"
    case 1:
      arrangements[place].maximumTLP = min(arrangements[place].maximumTLP ?? .red, pick([.clear, .green, .amber]))
      return "a ceiling"
    case 2:
      arrangements[place].prohibitions.append(Prohibition(objectTypes: ObjectTypes([pick(Generated.types)])))
      return "a prohibition of a type"
    case 3:
      arrangements[place].prohibitions.append(Prohibition(to: [pick(Generated.ids)]))
      return "a prohibition of a recipient"
    case 4:
      arrangements[place].unmarked = nil
      return "no label for what is unmarked"
    case 5:
      arrangements[place].readsOldAmberLiterally = false
      return "the strict reading of old AMBER"
    case 6:
      arrangements[place].expires = Instant(milliseconds: 1)
      return "an end"
    case 7:
      arrangements[place].legalBases = [LegalBasis(id: "old", validTo: Instant(milliseconds: 1))]
      return "an expired basis"
    case 8:
      arrangements[place].grants.remove(at: grant)
      return "no grant"
    case 9:
      arrangements[place].grants[grant].maximumTLP = min(arrangements[place].grants[grant].maximumTLP, .green)
      return "a lower label of a grant"
    case 10:
      let types = arrangements[place].grants[grant].objectTypes
      arrangements[place].grants[grant].objectTypes = ObjectTypes(types.contains("indicator") ? ["indicator"] : [])
      return "fewer types"
    case 11:
      arrangements[place].grants[grant].mustBeNamed = true
      return "must be named"
    case 12:
      arrangements[place].grants[grant].needsApproval = true
      return "needs approval"
    case 13:
      arrangements[place].grants[grant].exercises = .only
      return "exercises only"
    case 14:
      agencies[1].maximumTLP = .clear
      return "a lower label of a recipient"
    case 15:
      submission.tlp = max(submission.tlp ?? .clear, pick(TLP.allCases))
      return "a stricter header"
    default:
      arrangements[place].prohibitedPurposes = ["response"]
      return "a prohibited purpose"
    }
  }
}

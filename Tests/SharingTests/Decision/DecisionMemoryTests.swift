import Contract
import STIX
import Testing

@testable import Sharing

/// What is summed up for many messages says of each what would be said of it alone.
@Suite struct DecisionMemoryTests {
  /// Moments at which something begins or ends, and those around them.
  private static let moments: [Int64] = [0, 999, 1000, 1001, 1999, 2000, 2001, 3000]

  private func arrangements(_ random: inout SeededGenerator) -> [Arrangement] {
    var arrangements = random.arrangements()
    for place in arrangements.indices {
      func moment(_ random: inout SeededGenerator) -> Instant { Instant(milliseconds: random.pick([1000, 2000])) }
      if random.chance(30) { arrangements[place].effectiveFrom = moment(&random) }
      if random.chance(30) { arrangements[place].expires = moment(&random) }
      if random.chance(30) {
        arrangements[place].legalBases = [LegalBasis(id: "act", validFrom: moment(&random)), LegalBasis(id: "old")]
      }
      if random.chance(30) {
        arrangements[place].restrictions = [
          Restriction(
            party: random.pick(Generated.ids), from: moment(&random), isSuspended: random.chance(30),
            maximumTLP: .green)
        ]
      }
      for grant in arrangements[place].grants.indices {
        if random.chance(20) { arrangements[place].grants[grant].sectors = ["energy"] }
        if random.chance(20) { arrangements[place].grants[grant].exercises = .allowed }
        if random.chance(20) {
          arrangements[place].grants[grant].holds = [
            Hold(.embargo, until: moment(&random)), Hold(.delay, hours: 1),
          ]
        }
      }
    }
    return arrangements
  }

  private func submission(_ random: inout SeededGenerator) throws -> Submission {
    var objects = try random.bundle()
    if random.chance(30) {
      objects = try Generated.bundle(
        random.objects() + [
          GeneratedObject(type: "identity", name: "firm", label: "CLEAR", rest: #"sectors:='["energy"]'"#)
        ])
    }
    var submission = random.submission(objects)
    submission.at = Instant(milliseconds: random.pick(Self.moments))
    submission.acceptedAt = random.chance(50) ? submission.at : Instant(milliseconds: 0)
    submission.kind = random.pick([.bundle, .bundle, .indicators, .alert])
    submission.exercise = random.chance(20)
    submission.legalBasis = random.pick([nil, nil, "ACT", "none"])
    submission.purpose = random.pick([nil, nil, "detection", " Detection", "else"])
    submission.residueFree = random.chance(80)
    if random.chance(20) {
      submission.provenance = Provenance(
        origin: random.pick([nil, Generated.ids[2]]), hops: 1, maximumHops: random.pick([nil, 1, 2]),
        duties: Obligations(onward: random.pick([nil, .community])))
    }
    return submission
  }

  @Test(arguments: 1...60)
  func `a configuration that has decided others decides like one that has decided nothing`(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed &+ 7000)
    let terms = arrangements(&random)
    let remembering = Configuration(agencies: Generated.agencies, arrangements: terms)
    for _ in 0..<25 {
      let submission = try submission(&random)
      let fresh = Configuration(agencies: Generated.agencies, arrangements: terms).decide(submission)
      // Once to be summed up, once from what was.
      for _ in 0..<2 { #expect(remembering.decide(submission) == fresh, "seed \(seed)") }
      for decision in fresh {
        #expect(remembering.decide(submission, to: decision.recipient) == decision, "seed \(seed)")
      }
    }
  }

  @Test func `what a sender makes up in its headers is forgotten again`() throws {
    let configuration = Configuration(
      agencies: try TestTerms.agencies([:]),
      arrangements: [try TestTerms.arrangement("purposes: [response]", number: 1)])
    var submission = try TestMessage.submission(TestMessage("indicator open CLEAR").bundle(), "")
    for number in 0..<500 {
      submission.purpose = "purpose \(number)"
      #expect(configuration.decide(submission).map(\.rule) == [.purposeUnknown])
      submission.purpose = "Response"
      #expect(configuration.decide(submission).map(\.rule) == [.granted])
    }
  }

  @Test func `sets of grants are equal by what they hold, however many`() {
    for places in [[], [0], [63], [64], [3, 63, 64, 200]] {
      var set = TermSet()
      for place in places.reversed() { set.insert(place) }
      var other = TermSet()
      for place in places {
        var one = TermSet()
        one.insert(place)
        other.formUnion(one)
      }
      #expect(set == other && set.places == places && set.min == places.first && set.isEmpty == places.isEmpty)
    }
  }
}

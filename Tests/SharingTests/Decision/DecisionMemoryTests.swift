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

  @Test(arguments: 1...60)
  func `what passed passes again as long as the ground of its decision stands`(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed &+ 9000)
    let configuration = Configuration(agencies: Generated.agencies, arrangements: arrangements(&random))
    for _ in 0..<25 {
      var submission = try submission(&random)
      let ground = configuration.ground(at: submission.at)
      let passing = configuration.decide(submission).filter { $0.outcome == .deliver || $0.outcome == .redact }
      for moment in Self.moments {
        submission.at = Instant(milliseconds: moment)
        guard configuration.stands(ground, at: submission.at) else { continue }
        for decision in passing {
          let again = configuration.decide(submission, to: decision.recipient)
          #expect(again?.outcome == decision.outcome && again?.keep == decision.keep, "seed \(seed) at \(moment)")
          #expect(again?.removals == decision.removals && again?.obligations == decision.obligations, "seed \(seed)")
        }
      }
    }
  }

  @Test func `a ground stands until a moment comes, under its own configuration alone, and never before its time`()
    throws
  {
    var arrangement = try TestTerms.arrangement("purposes: [response]", number: 1)
    arrangement.effectiveFrom = Instant(milliseconds: 1000)
    arrangement.expires = Instant(milliseconds: 5000)
    let agencies = try TestTerms.agencies([:])
    let configuration = Configuration(agencies: agencies, arrangements: [arrangement])
    let ground = configuration.ground(at: Instant(milliseconds: 2000))
    let stands = [1999: false, 2000: true, 4999: true, 5000: false]
    for (moment, expected) in stands {
      #expect(configuration.stands(ground, at: Instant(milliseconds: Int64(moment))) == expected, "\(moment)")
    }
    let other = Configuration(agencies: agencies, arrangements: [arrangement])
    #expect(!other.stands(ground, at: Instant(milliseconds: 2000)))
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

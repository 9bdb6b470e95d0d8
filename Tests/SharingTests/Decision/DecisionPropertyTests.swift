import Contract
import JSON
import STIX
import Testing

@testable import Sharing

/// What holds for any arrangements and any message: tried over many made from seeds.
@Suite struct DecisionPropertyTests {
  static let seeds: [UInt64] = Array(1...200)

  @Test func `nothing that passes names what is withheld`() throws {
    var redacted = 0
    for seed in Self.seeds {
      var random = SeededGenerator(seed: seed)
      let configuration = Configuration(agencies: Generated.agencies, arrangements: random.arrangements())
      let submission = random.submission(try random.bundle())
      for decision in configuration.decide(submission) where decision.outcome != .withhold {
        redacted += decision.withheld.isEmpty ? 0 : 1
        let text = try Self.output(decision, submission.bundle)
        for withheld in decision.withheld {
          let object = submission.bundle.objects[withheld.object]
          #expect(!text.contains(object.id.suffix(36)), "seed \(seed): \(object.id) stands in \(text)")
          #expect(!text.contains("canary\(withheld.object)-"), "seed \(seed)")
        }
      }
    }
    // The generator would be of no use if it made nothing to withhold.
    #expect(redacted > 100)
  }

  @Test func `what passes, judged again, passes whole`() throws {
    for seed in Self.seeds {
      var random = SeededGenerator(seed: seed)
      let configuration = Configuration(agencies: Generated.agencies, arrangements: random.arrangements())
      let submission = random.submission(try random.bundle())
      for decision in configuration.decide(submission) where decision.outcome != .withhold {
        var again = submission
        let text = try Self.output(decision, submission.bundle)
        again.bundle = try STIXBundle(reading: JSONDocument(Array(text.utf8)))
        let second = try #require(configuration.decide(again).first { $0.recipient == decision.recipient })
        #expect(second.keep.count == decision.keep.count && second.removals.isEmpty, "seed \(seed)")
        #expect(second.tlp <= decision.tlp, "seed \(seed)")
      }
    }
  }

  @Test func `the order of arrangements, grants and objects does not matter`() throws {
    for seed in Self.seeds {
      var random = SeededGenerator(seed: seed)
      let arrangements = random.arrangements()
      let objects = random.objects()
      let submission = random.submission(try Generated.bundle(objects))
      let first = Configuration(agencies: Generated.agencies, arrangements: arrangements).decide(submission)

      let shuffled = arrangements.shuffled(using: &random).map { arrangement in
        var copy = arrangement
        copy.grants.shuffle(using: &random)
        copy.prohibitions.shuffle(using: &random)
        return copy
      }
      var other = submission
      other.bundle = try Generated.bundle(objects.shuffled(using: &random))
      let second = Configuration(agencies: Generated.agencies.shuffled(using: &random), arrangements: shuffled)
        .decide(other)
      #expect(first.count == second.count)
      for (one, two) in zip(first, second) {
        #expect(one.recipient == two.recipient && one.outcome == two.outcome && one.rule == two.rule, "seed \(seed)")
        #expect(one.grant == two.grant && one.obligations == two.obligations && one.tlp == two.tlp, "seed \(seed)")
        #expect(Self.ids(one, submission.bundle) == Self.ids(two, other.bundle), "seed \(seed)")
        #expect(Self.rules(one, submission.bundle) == Self.rules(two, other.bundle), "seed \(seed)")
      }
    }
  }

  @Test func `a further restriction never lets more out`() throws {
    var effective = 0
    for seed in Self.seeds {
      var random = SeededGenerator(seed: seed)
      let arrangements = random.arrangements()
      let submission = random.submission(try random.bundle())
      let before = Configuration(agencies: Generated.agencies, arrangements: arrangements).decide(submission)
      for _ in 0..<6 {
        var terms = arrangements
        var agencies = Generated.agencies
        var sent = submission
        let what = random.restrict(&terms, &agencies, &sent)
        let after = Configuration(agencies: agencies, arrangements: terms).decide(sent)
        for decision in after {
          let old = try #require(before.first { $0.recipient == decision.recipient })
          let more = Self.ids(decision, submission.bundle).subtracting(Self.ids(old, submission.bundle))
          #expect(more.isEmpty, "seed \(seed): \(what) lets \(more) out to \(decision.recipient)")
          if decision.keep.count < old.keep.count { effective += 1 }
        }
      }
    }
    #expect(effective > 100)
  }

  @Test func `a marking that becomes unknown, or is lost, never lets more out`() throws {
    for seed in Self.seeds {
      var random = SeededGenerator(seed: seed)
      var arrangements = random.arrangements()
      for index in arrangements.indices { arrangements[index].unmarked = nil }
      var objects = random.objects()
      let submission = random.submission(try Generated.bundle(objects))
      let configuration = Configuration(agencies: Generated.agencies, arrangements: arrangements)
      let before = configuration.decide(submission)
      let changed = Int.random(in: 0..<objects.count, using: &random)
      objects[changed].label = Bool.random(using: &random) ? "UNKNOWN" : "-"
      var other = submission
      other.bundle = try Generated.bundle(objects)
      for (old, new) in zip(before, configuration.decide(other)) {
        #expect(Self.ids(new, other.bundle).isSubset(of: Self.ids(old, submission.bundle)), "seed \(seed)")
      }
    }
  }

  /// The text that a recipient of the sender's format would get.
  static func output(_ decision: Decision, _ bundle: STIXBundle) throws -> String {
    var edits: [Int: ObjectEdit] = [:]
    for removal in decision.removals {
      edits[removal.object, default: ObjectEdit()].removals.append(removal.pointer)
    }
    let bytes = try bundle.reduced(
      keeping: decision.keep, edits: edits, id: "bundle--00000000-0000-4000-8000-000000000009")
    return String(decoding: bytes, as: UTF8.self)
  }

  static func ids(_ decision: Decision, _ bundle: STIXBundle) -> Set<String> {
    Set(decision.keep.map { bundle.objects[$0].id })
  }

  static func rules(_ decision: Decision, _ bundle: STIXBundle) -> [String: DecisionRule] {
    Dictionary(
      decision.withheld.map { (bundle.objects[$0.object].id, $0.rule) }, uniquingKeysWith: { first, _ in first })
  }
}

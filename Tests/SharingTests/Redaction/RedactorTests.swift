import Contract
import JSON
import STIX
import Testing

@testable import Sharing

/// What a recipient really gets where something is replaced: no way back from it.
@Suite struct RedactorTests {
  static let key = [UInt8](repeating: 7, count: 32)
  static let time = Moment.read("2026-11-24")!

  /// The text that a recipient gets of a message under terms.
  static func output(
    _ terms: String, _ message: String, to recipient: String = "beta", agencies: [String: String] = [:],
    key: [UInt8] = key
  ) throws -> (text: String, decision: Decision) {
    let configuration = Configuration(
      agencies: try TestTerms.agencies(agencies), arrangements: [try TestTerms.arrangement(terms, number: 1)])
    let bundle = try TestMessage(message).bundle()
    let decisions = configuration.decide(try TestMessage.submission(bundle, ""))
    let decision = try #require(decisions.first { $0.recipient.slug == recipient })
    return (try text(decision, bundle, configuration, key: key), decision)
  }

  static func text(
    _ decision: Decision, _ bundle: STIXBundle, _ configuration: Configuration, key: [UInt8] = key
  ) throws -> String {
    let alpha = AgencyID("alpha")!
    let redactor = Redactor(
      decision, of: bundle, pseudonyms: Pseudonyms(key: key, recipient: decision.recipient), hub: "test",
      acceptedAt: time,
      sourceNames: [alpha.slug, configuration.agencies[alpha]?.identity, "Agency of Alphaland"].compactMap(\.self))
    var edits: [Int: ObjectEdit] = [:]
    for (object, changes) in redactor.changes() {
      for (pointer, change) in changes {
        switch change {
        case .removed: edits[object, default: ObjectEdit()].removals.append(pointer)
        case .value(let text): edits[object, default: ObjectEdit()].replacements[pointer] = text
        }
      }
    }
    let bytes = try bundle.reduced(
      keeping: decision.keep, edits: edits, id: "bundle--00000000-0000-4000-8000-000000000009")
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let us = ["beta": "jurisdiction: US", "gamma": "jurisdiction: US"]
  private static let hit = """
    ipv4-addr host CLEAR value=192.0.2.77
    identity firm CLEAR name='Firm Ltd' identity_class=organization
    malware worm CLEAR name='seen on 192.0.2.77, by Firm Ltd'
    relationship tie CLEAR source_ref=worm target_ref=firm relationship_type=targets
    observed-data seen CLEAR object_refs=host
    """

  @Test func `neither a value, nor its id, nor what repeats them in a text leaves`() throws {
    let (text, decision) = try Self.output("", Self.hit, agencies: Self.us)
    #expect(decision.rewrites.count == 2)
    let message = try TestMessage(Self.hit).bundle()
    for word in ["192.0.2.77", "Firm", "firm ltd"] { #expect(!text.contains(word), "\(text)") }
    // All five are changed, or name what is.
    for object in message.objects where object.id != message.objects[2].id {
      #expect(!text.contains(object.id.suffix(36)), "\(object.id) stands in \(text)")
    }
    let bundle = try STIXBundle(reading: JSONDocument(Array(text.utf8)))
    #expect(bundle.objects.count == 5)
    // Everything still holds together.
    let ids = Set(bundle.objects.map(\.id))
    for object in bundle.objects {
      for reference in object.references where !reference.isMarking { #expect(ids.contains(reference.target)) }
    }
  }

  @Test func `a pseudonymised observable has no id that could be computed from a guess`() throws {
    let (text, _) = try Self.output("", "ipv4-addr host CLEAR value=192.0.2.77", agencies: Self.us)
    let object = try STIXBundle(reading: JSONDocument(Array(text.utf8))).objects[0]
    #expect(STIXID(object.id)?.version == 4)
    #expect(object.value["value"]?.string?.hasPrefix("2") == true)
    #expect(DeterministicID.sco(of: object.value) != object.id)
  }

  @Test func `pseudonyms are stable for one recipient, and tell two recipients nothing of each other`() throws {
    let first = try Self.output("+ to: [beta, gamma]", Self.hit, agencies: Self.us).text
    #expect(try Self.output("+ to: [beta, gamma]", Self.hit, agencies: Self.us).text == first)
    let other = try Self.output("+ to: [beta, gamma]", Self.hit, to: "gamma", agencies: Self.us).text
    let mine = try STIXBundle(reading: JSONDocument(Array(first.utf8))).objects
    let theirs = try STIXBundle(reading: JSONDocument(Array(other.utf8))).objects
    for (one, two) in zip(mine, theirs) where one.type != "malware" {
      #expect(one.id != two.id)
      if one.type == "ipv4-addr" { #expect(one.value["value"]?.string != two.value["value"]?.string) }
    }
  }

  @Test func `the originator gets a pseudonym led back, and only by the hub's key`() throws {
    let pseudonyms = Pseudonyms(key: Self.key, recipient: AgencyID("beta")!)
    let word = pseudonyms.word(for: "192.0.2.77", .ipv4)
    let sent: [(value: String, form: PseudonymForm?)] = (0..<255).map { ("192.0.2.\($0)", .ipv4) }
    #expect(pseudonyms.original(of: word, among: sent) == "192.0.2.77")
    let others = Pseudonyms(key: [UInt8](repeating: 8, count: 32), recipient: AgencyID("beta")!)
    #expect(others.original(of: word, among: sent) == nil)
    let id = "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd"
    #expect(pseudonyms.original(of: pseudonyms.id(for: id), among: [(id, nil)]) == id)
  }

  /// Everything that somebody without the key can compute of a value, over dictionaries that hold the right answers.
  @Test func `an attacker with full dictionaries of addresses and agencies finds nothing`() throws {
    let agencies = Self.us.merging(
      ["alpha": "identity: identity--\(TestMessage.uuid("self"))"], uniquingKeysWith: { first, _ in first })
    let message =
      Self.hit + """

        identity self CLEAR name='Agency of Alphaland'
        indicator open CLEAR created_by_ref=self description='by alpha, the Agency of Alphaland'
        """
    let terms =
      "obligations: {attribution: must-not, redaction: {free-text: pass}}\npersonal-data: {in-scope: true, "
      + "categories: [free-text], transfer-tool: adequacy}"
    let (text, decision) = try Self.output(terms, message, agencies: agencies)
    #expect(decision.hidesSource && decision.outcome == .redact, "\(decision)")
    let lower = text.lowercased()
    for name in ["alpha", "beta", "gamma", "delta"] {
      #expect(!lower.contains(name), "\(text)")
      // Ids that are derived from a slug without a key.
      for space in [DeterministicID.observables, "6ba7b810-9dad-11d1-80b4-00c04fd430c8"] {
        #expect(!lower.contains(DeterministicID.uuid5(namespace: space, name: name.utf8)))
      }
    }
    for object in try TestMessage(message).bundle().objects where ObjectKind(type: object.type) != .observable {
      #expect(!lower.contains(object.id.suffix(36)), "\(object.id) stands in \(text)")
    }
    // The whole of the network that the address is from, as text, as the standard's id, and as pseudonyms of other keys.
    for last in 0..<256 {
      let address = "192.0.2.\(last)"
      let own = try JSONDocument(Array(#"{"type":"ipv4-addr","value":"\#(address)"}"#.utf8))
      let computed = try #require(DeterministicID.sco(of: own.root))
      #expect(!lower.contains(address) && !lower.contains(computed))
      for guess: UInt8 in [0, 1, 255] {
        let pseudonyms = Pseudonyms(key: [UInt8](repeating: guess, count: 32), recipient: AgencyID("beta")!)
        #expect(!lower.contains(pseudonyms.word(for: address, .ipv4)))
      }
    }
  }

  @Test func `the hub is the creator of what it changed, at a time that says nothing`() throws {
    let message = """
      indicator open CLEAR created_by_ref=team created=2026-11-20T08:15:00.000Z modified=2026-11-21T09:00:00.000Z
      """
    let (text, _) = try Self.output("obligations: {attribution: must-not}", message)
    let object = try STIXBundle(reading: JSONDocument(Array(text.utf8))).objects[0]
    #expect(object.value["created_by_ref"]?.string == Redactor.identity(ofHub: "test"))
    #expect(object.value["created"]?.string == "2000-01-01T00:00:00.000Z")
    #expect(object.value["modified"]?.string == "2026-11-24T00:00:00.000Z")
  }

  private static let cut = """
    indicator secret RED
    indicator open CLEAR
    report all CLEAR created_by_ref=team object_refs=open,secret
    note about CLEAR content=x object_refs=all
    ipv4-addr address RED value=192.0.2.1
    domain-name host CLEAR value=a.example resolves_to_refs=address
    """

  @Test func `what only lost a reference is another object for each recipient, of the hub, and so is what names it`()
    throws
  {
    let terms = "+ to: [beta, gamma]"
    let message = try TestMessage(Self.cut).bundle()
    var ids: Set<String> = []
    for recipient in ["beta", "gamma"] {
      let (text, decision) = try Self.output(terms, Self.cut, to: recipient)
      #expect(decision.keep == [1, 2, 3, 5] && decision.removals.map(\.object) == [2, 5])
      let objects = try STIXBundle(reading: JSONDocument(Array(text.utf8))).objects
      // What lost nothing, and what an observable is, stays what it was.
      #expect(objects[0].id == message.objects[1].id && objects[3].id == message.objects[5].id)
      #expect(objects[3].value["resolves_to_refs"] == nil)
      for (new, old) in [(objects[1], message.objects[2]), (objects[2], message.objects[3])] {
        #expect(new.type == old.type && !text.contains(old.id.suffix(36)))
        #expect(STIXID(new.id)?.version == 4)
        ids.insert(new.id)
      }
      #expect(objects[1].value["created_by_ref"]?.string == Redactor.identity(ofHub: "test"))
      #expect(objects[2].references.filter { !$0.isMarking }.map(\.target) == [objects[1].id])
    }
    #expect(ids.count == 4)
  }

  @Test func `in another format than STIX what lost a reference stays what it is`() throws {
    let configuration = Configuration(
      agencies: try TestTerms.agencies([:]), arrangements: [try TestTerms.arrangement("", number: 1)])
    let bundle = try TestMessage(Self.cut).bundle()
    let decision = try #require(configuration.decide(try TestMessage.submission(bundle, "")).first)
    func redactor(keepsCut: Bool) -> Redactor {
      Redactor(
        decision, of: bundle, pseudonyms: Pseudonyms(key: Self.key, recipient: decision.recipient), hub: "test",
        acceptedAt: Self.time, sourceNames: [], keepsCut: keepsCut)
    }
    #expect(redactor(keepsCut: true).changed.isEmpty)
    #expect(redactor(keepsCut: false).changed == [2, 3])
  }

  @Test func `a long chain of references follows to its end`() throws {
    var lines = ["ipv4-addr o0 CLEAR value=192.0.2.77"]
    for index in 1...800 { lines.append("grouping o\(index) CLEAR object_refs=o\(index - 1)") }
    let (text, decision) = try Self.output("", lines.joined(separator: "\n"), agencies: Self.us)
    #expect(decision.keep.count == 801)
    for object in try TestMessage(lines.joined(separator: "\n")).bundle().objects {
      #expect(!text.contains(object.id.suffix(36)))
    }
  }

  @Test func `names of many words are found in texts, however many there are`() throws {
    var lines: [String] = []
    for index in 0..<300 {
      lines.append("identity firm\(index) CLEAR name='Firm No \(index) of Ünited Wörks' identity_class=organization")
      lines.append("malware worm\(index) CLEAR name='seen at FIRM NO \((index + 1) % 300) of ünited wörks, twice'")
      lines.append("identity other\(index) CLEAR name='Plain Name \(index)-x' identity_class=organization")
      lines.append("malware more\(index) CLEAR name='near plain name \((index + 7) % 300)-X.'")
    }
    let (text, decision) = try Self.output("", lines.joined(separator: "\n"), agencies: Self.us)
    #expect(decision.rewrites.count == 600)
    let lower = text.lowercased()
    #expect(!lower.contains("firm no") && !lower.contains("plain name") && lower.contains("twice"))
  }

  @Test func `a truncated address keeps its network and nothing else`() {
    #expect(Pseudonyms.truncated("192.0.2.77") == "192.0.2.0/24")
    #expect(Pseudonyms.truncated("192.0.2.77/32") == "192.0.2.0/24")
    #expect(Pseudonyms.truncated("2001:db8:1:2::3") == "2001:db8:1::/48")
    #expect(Pseudonyms.truncated("2001:db8::1") == "2001:db8:0::/48")
    #expect(Pseudonyms.truncated("host") == nil && Pseudonyms.truncated("1:2") == nil)
  }

  @Test func `a decision with everything in it survives being written down`() throws {
    var (_, decision) = try Self.output(
      "+ hold: [{for: embargo, until: 2026-12-01}, {for: consent, release-by: [alpha]}]", Self.hit,
      agencies: Self.us)
    decision.redactions = [Removal(object: 0, pointer: JSONPointer(tokens: ["description"]))]
    decision.hidesSource = true
    decision.obligations.embargoUntil = Moment.read("2026-12-01")
    decision.obligations.redaction = [.person: .drop]
    decision.obligations.maximumHops = 2
    decision.releases = [Release(), Release(by: AgencyID("gamma"))]
    #expect(!decision.rewrites.isEmpty && decision.heldUntil != nil && decision.releasedBy.map(\.slug) == ["alpha"])
    #expect(try Decision(decoding: decision.encoded()) == decision)
  }

  @Test(arguments: 1...60)
  func `no canary of what is replaced stands in what leaves`(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var lines: [String] = []
    for index in 0..<8 {
      let other = Int.random(in: 0..<8, using: &random)
      switch random.pick([0, 1, 2, 3, 4]) {
      case 0: lines.append("ipv4-addr o\(index) CLEAR value=10.\(seed).0.\(index)")
      case 1: lines.append("identity o\(index) CLEAR name='canary\(index) Ltd' identity_class=organization")
      case 2: lines.append("domain-name o\(index) CLEAR value=canary\(index).example")
      case 3: lines.append("malware o\(index) CLEAR name='at canary\(other).example for Canary\(other) Ltd'")
      default:
        lines.append("relationship o\(index) CLEAR source_ref=o\(other) target_ref=o0 relationship_type=related-to")
      }
    }
    let message = lines.joined(separator: "\n")
    let configuration = Configuration(
      agencies: try TestTerms.agencies(Self.us), arrangements: [try TestTerms.arrangement("", number: 1)])
    let bundle = try TestMessage(message).bundle()
    let decision = try #require(configuration.decide(try TestMessage.submission(bundle, "")).first)
    guard decision.outcome != .withhold else { return }
    let text = try Self.text(decision, bundle, configuration).lowercased()
    for rewrite in decision.rewrites {
      let object = bundle.objects[rewrite.object]
      let value = try #require(object.value.at(rewrite.pointer)?.string)
      #expect(!text.contains(value.lowercased()), "seed \(seed): \(value) stands in \(text)")
      #expect(!text.contains(object.id.suffix(36)), "seed \(seed)")
    }
  }
}

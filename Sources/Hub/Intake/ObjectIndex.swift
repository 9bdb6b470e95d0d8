import Contract
import JSON
import Ledger
import STIX
import Sharing

/// The keyed hashes under which the ledger finds objects again: by their ids, for who asks who has one, and by id and
/// content, for what comes back after it left for a peer hub.
package struct ObjectIndex: Sendable {
  private let keys: HubKeys

  package init(_ keys: HubKeys) { self.keys = keys }

  /// The key of an id, in any letter case.
  package func key(of id: String) -> [UInt8] {
    Array(keys.authenticate([Array("object".utf8), Array(id.lowercased().utf8)]).prefix(ObjectKeys.size))
  }

  /// All keys of a message that was decided.
  func keys(of judged: JudgedMessage, sender: AgencyID, at time: Instant, _ configuration: Configuration) -> ObjectKeys
  {
    let bundle = judged.read.canonical
    var index = ObjectKeys()
    index.known.reserveCapacity(bundle.objects.count * ObjectKeys.size)
    for object in bundle.objects { index.known += key(of: object.id) }
    var passed: Set<Int> = []
    var keyed: [String] = []
    for decision in judged.decisions where decision.outcome != .withhold {
      let recipient = decision.recipient
      let isPeer = configuration.agencies[recipient]?.kind == .hub
      if isPeer { passed.formUnion(decision.keep) }
      guard !decision.isWhole else { continue }
      let redactor = Redactor(
        decision, of: bundle, pseudonyms: Pseudonyms(key: keys.pseudonymKey, recipient: recipient),
        hub: configuration.settings.name, acceptedAt: time, sourceNames: [])
      for place in redactor.changed.sorted() {
        let id = redactor.id(of: place)
        index.known += key(of: id)
        if isPeer, isRecognisable(bundle.objects[place]) { keyed.append(id) }
      }
    }
    index.passed = passed.sorted().flatMap { marks(of: bundle.objects[$0]) } + keyed.map(mark)
    return index
  }

  /// What an object is recognised by after it went through another format: the UUID of its id, and what it says. Nothing
  /// for what two may say without knowing of each other: observables, identities, definitions, a name alone.
  func marks(of object: STIXObject) -> [[UInt8]] {
    guard isRecognisable(object) else { return [] }
    var marks = [mark(of: object.id)]
    if let content = Self.content(of: object) {
      marks.append(
        Array(keys.authenticate([Array("passed content".utf8)] + content.map { Array($0.utf8) }).prefix(16)))
    }
    return marks
  }

  private func isRecognisable(_ object: STIXObject) -> Bool {
    object.kind != .observable && object.kind != .meta && object.type != "identity" && object.type != "location"
  }

  /// Of an id, its own or the keyed one that a peer got.
  private func mark(of id: String) -> [UInt8] {
    Array(keys.authenticate([Array("passed id".utf8), Array(id.lowercased().suffix(36).utf8)]).prefix(16))
  }

  /// The parts of what an object says that hardly two authors write alike.
  private static func content(of object: STIXObject) -> [String]? {
    func text(_ key: String) -> String? { object.value[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    func moment(_ key: String) -> String? { text(key).flatMap { Timestamp($0) }.map { "\($0)" } }
    switch object.type {
    case "indicator":
      guard let pattern = text("pattern"), let from = moment("valid_from") else { return nil }
      return ["indicator", pattern.split(whereSeparator: \.isWhitespace).joined(separator: " "), from]
    case "note", "opinion":
      return (text("content") ?? text("explanation")).map { [object.type, $0] }
    case "relationship", "sighting": return nil
    default:
      guard let name = text("name"), let description = text("description"), description.utf8.count >= 20 else {
        return nil
      }
      return [object.type, name, description]
    }
  }

  /// The objects of a message that left this hub for a peer before it came, by their place.
  func returned(in bundle: STIXBundle, _ ledger: Ledger, before message: Int64? = nil) async throws(LedgerError) -> Set<
    Int
  > {
    var marks: [[UInt8]] = []
    var places: [Int] = []
    for object in bundle.objects {
      for mark in self.marks(of: object) {
        marks.append(mark)
        places.append(object.index)
      }
    }
    let returned = Set(try await ledger.passed(marks, before: message).map { places[$0] })
    guard !returned.isEmpty else { return [] }
    // One attribute of MISP becomes an indicator and what it is about: an observable that stands for nothing but what
    // came back has come back as well.
    let known = Set(returned.flatMap { bundle.objects[$0].sources })
    let beside = bundle.objects.filter { object in
      object.kind == .observable && !object.sources.isEmpty && object.sources.allSatisfy(known.contains)
    }
    return returned.union(beside.map(\.index))
  }
}

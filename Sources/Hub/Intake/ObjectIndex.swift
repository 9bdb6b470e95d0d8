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
    for decision in judged.decisions where decision.outcome != .withhold {
      let recipient = decision.recipient
      if configuration.agencies[recipient]?.kind == .hub { passed.formUnion(decision.keep) }
      guard !decision.isWhole else { continue }
      let redactor = Redactor(
        decision, of: bundle, pseudonyms: Pseudonyms(key: keys.pseudonymKey, recipient: recipient),
        hub: configuration.settings.name, acceptedAt: time, sourceNames: [])
      for place in redactor.changed.sorted() { index.known += key(of: redactor.id(of: place)) }
    }
    index.passed = passed.sorted().flatMap { marks(of: bundle.objects[$0]) }
    return index
  }

  /// What an object is recognised by after it went through another format: the UUID of its id, and what it says. Nothing
  /// for what two may say without knowing of each other: observables, identities, definitions, a name alone.
  func marks(of object: STIXObject) -> [[UInt8]] {
    guard object.kind != .observable, object.kind != .meta, object.type != "identity", object.type != "location" else {
      return []
    }
    var marks = [keys.authenticate([Array("passed id".utf8), Array(object.id.lowercased().suffix(36).utf8)])]
    if let content = Self.content(of: object) {
      marks.append(keys.authenticate([Array("passed content".utf8)] + content.map { Array($0.utf8) }))
    }
    return marks.map { Array($0.prefix(16)) }
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
    return Set(try await ledger.passed(marks, before: message).map { places[$0] })
  }
}

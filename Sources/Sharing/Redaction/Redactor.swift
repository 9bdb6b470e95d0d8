package import Contract
import Crypto
package import JSON
package import STIX

/// What stands in the place of a value, or nothing.
package enum Redacted: Sendable, Equatable {
  case removed
  /// This JSON text.
  case value([UInt8])
}

/// Carries a decision out: every place of the canonical that changes for one recipient, and what comes there.
///
/// An object of which anything is replaced is no longer its author's: it gets an id that is keyed for the recipient, the
/// hub as its creator, and times that say nothing; what names it follows, and so does what names that, since an equal id
/// on two desks would tell that both were one. So does what only lost a reference: under its own id and version there
/// would be two objects in the world that say different things. Where the originator is hidden that holds for every object but
/// observables, whose ids are computed from what they say, and definitions. What is replaced is replaced in texts, too.
package struct Redactor: Sendable {
  private let bundle: STIXBundle
  private let decision: Decision
  private let pseudonyms: Pseudonyms
  private let hub: String
  private let acceptedAt: Instant
  private let sourceNames: [String]
  /// Objects that are no longer their author's.
  package let changed: Set<Int>

  /// - Parameters:
  ///   - hub: the name of the hub, which becomes the creator of what it changes.
  ///   - sourceNames: how texts may name the originator.
  ///   - keepsCut: what only lost a reference keeps its id: so it is in any format but STIX, where one name for an event
  ///     of which some have more and some less is usual.
  package init(
    _ decision: Decision, of bundle: STIXBundle, pseudonyms: Pseudonyms, hub: String, acceptedAt: Instant,
    sourceNames: [String], keepsCut: Bool = false
  ) {
    self.bundle = bundle
    self.decision = decision
    self.pseudonyms = pseudonyms
    self.hub = hub
    self.acceptedAt = acceptedAt
    self.sourceNames = decision.hidesSource ? sourceNames.filter { $0.count > 1 } : []
    changed = Self.changed(decision, bundle, keepsCut: keepsCut)
  }

  /// The identity that a hub creates objects as.
  package static func identity(ofHub name: String) -> String {
    "identity--" + DeterministicID.uuid5(namespace: DeterministicID.observables, name: "entente hub \(name)".utf8)
  }

  private static func changed(_ decision: Decision, _ bundle: STIXBundle, keepsCut: Bool) -> Set<Int> {
    var changed = Set(decision.rewrites.map(\.object)).union(decision.redactions.map(\.object))
    if decision.hidesSource {
      for index in decision.keep where isAuthored(bundle.objects[index]) { changed.insert(index) }
    }
    // The id of an observable says what it is and not which version, whatever it refers to.
    if !keepsCut {
      changed.formUnion(decision.removals.map(\.object).filter { bundle.objects[$0].kind != .observable })
    }
    guard !changed.isEmpty else { return [] }
    // Who names an id, so that each object is looked at once however long the chain.
    var naming: [String: [Int]] = [:]
    for index in decision.keep where bundle.objects[index].type != "marking-definition" {
      for reference in bundle.objects[index].references { naming[reference.target, default: []].append(index) }
    }
    var news = Array(changed)
    while let index = news.popLast() {
      for other in naming.removeValue(forKey: bundle.objects[index].id) ?? [] where changed.insert(other).inserted {
        news.append(other)
      }
    }
    return changed
  }

  /// Whether an object's id was chosen by somebody, and could tell by whom.
  private static func isAuthored(_ object: STIXObject) -> Bool {
    ObjectKind(type: object.type) != .observable
      && !["marking-definition", "extension-definition"].contains(object.type)
  }

  /// The id that a changed object has for the recipient.
  package func id(of index: Int) -> String { pseudonyms.id(for: bundle.objects[index].id) }

  /// Every change, by object and place within it.
  package func changes() -> [Int: [JSONPointer: Redacted]] {
    var changes: [Int: [JSONPointer: Redacted]] = [:]
    for removal in decision.removals + decision.redactions {
      changes[removal.object, default: [:]][removal.pointer] = .removed
    }
    var words: [String: String] = [:]
    for rewrite in decision.rewrites {
      guard let old = bundle.objects[rewrite.object].value.at(rewrite.pointer)?.string else { continue }
      let new = replacement(for: old, rewrite)
      changes[rewrite.object, default: [:]][rewrite.pointer] = new.map { Self.json($0) } ?? .removed
      if rewrite.treatment != .drop, old.count > 2 { words[old.lowercased()] = new ?? "" }
    }
    for removal in decision.redactions {
      guard let old = bundle.objects[removal.object].value.at(removal.pointer)?.string, (3...254).contains(old.count),
        !old.contains(" ") || removal.pointer.tokens.last == "name"
      else { continue }
      words[old.lowercased()] = ""
    }
    for name in sourceNames { words[name.lowercased()] = "the originator" }
    guard !changed.isEmpty || !words.isEmpty else { return changes }
    var ids: [String: String] = [:]
    for index in changed {
      let id = bundle.objects[index].id
      ids[id] = pseudonyms.id(for: id)
    }
    let texts = TextRewriting(words: words, ids: ids)
    for index in decision.keep { follow(index, ids, texts, &changes) }
    return changes
  }

  private func replacement(for old: String, _ rewrite: Rewrite) -> String? {
    switch rewrite.treatment {
    case .truncate: Pseudonyms.truncated(old) ?? pseudonyms.word(for: old, rewrite.form)
    case .drop: String(old.prefix { $0 != "?" })
    default: pseudonyms.word(for: old, rewrite.form)
    }
  }

  /// What else changes in an object: its id, creator and times, the ids that it names, and what its texts repeat.
  private func follow(
    _ index: Int, _ ids: [String: String], _ texts: TextRewriting, _ changes: inout [Int: [JSONPointer: Redacted]]
  ) {
    let object = bundle.objects[index]
    var own = changes[index] ?? [:]
    func isFree(_ pointer: JSONPointer) -> Bool {
      (1...max(1, pointer.tokens.count)).allSatisfy {
        own[JSONPointer(tokens: Array(pointer.tokens.prefix($0)))] == nil
      }
    }
    for reference in object.references {
      guard let new = ids[reference.target], reference.place != .key, reference.place != .embedded,
        isFree(reference.pointer)
      else { continue }
      own[reference.pointer] = Self.json(new)
    }
    if changed.contains(index) {
      func put(_ key: String, _ value: String) {
        if object.value[key] != nil { own[JSONPointer(tokens: [key])] = Self.json(value) }
      }
      put("id", ids[object.id] ?? object.id)
      put("created_by_ref", Self.identity(ofHub: hub))
      put("created", Self.noTime)
      put("modified", acceptedAt.description)
    }
    texts.visit(object.value) { pointer, text in
      if isFree(pointer), pointer.tokens != ["id"] { own[pointer] = Self.json(text) }
    }
    if !own.isEmpty { changes[index] = own }
  }

  /// Creation times of what the hub changes: one for all, which tells nothing and never changes.
  private static let noTime = "2000-01-01T00:00:00.000Z"

  private static func json(_ text: String) -> Redacted {
    var writer = JSONWriter()
    writer.string(text)
    return .value(writer.bytes)
  }
}

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
/// on two desks would tell that both were one. Where the originator is hidden that holds for every object but
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
  package init(
    _ decision: Decision, of bundle: STIXBundle, pseudonyms: Pseudonyms, hub: String, acceptedAt: Instant,
    sourceNames: [String]
  ) {
    self.bundle = bundle
    self.decision = decision
    self.pseudonyms = pseudonyms
    self.hub = hub
    self.acceptedAt = acceptedAt
    self.sourceNames = decision.hidesSource ? sourceNames.filter { $0.count > 1 } : []
    changed = Self.changed(decision, bundle)
  }

  /// The identity that a hub creates objects as.
  package static func identity(ofHub name: String) -> String {
    "identity--" + DeterministicID.uuid5(namespace: DeterministicID.observables, name: "entente hub \(name)".utf8)
  }

  private static func changed(_ decision: Decision, _ bundle: STIXBundle) -> Set<Int> {
    var changed = Set(decision.rewrites.map(\.object)).union(decision.redactions.map(\.object))
    if decision.hidesSource {
      for index in decision.keep where isAuthored(bundle.objects[index]) { changed.insert(index) }
    }
    guard !changed.isEmpty else { return [] }
    var ids = Set(changed.map { bundle.objects[$0].id })
    var isNew = true
    while isNew {
      isNew = false
      for index in decision.keep where !changed.contains(index) {
        let object = bundle.objects[index]
        guard object.type != "marking-definition", object.references.contains(where: { ids.contains($0.target) }) else {
          continue
        }
        changed.insert(index)
        isNew = ids.insert(object.id).inserted || isNew
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

/// Replaces in texts what is replaced as a value elsewhere: addresses, names, ids.
private struct TextRewriting {
  private let words: [String: String]
  /// Words that hold more than one part, and are looked for everywhere.
  private let phrases: [(old: String, new: String)]
  private let ids: [String: String]
  private let uuids: [String: String]

  init(words: [String: String], ids: [String: String]) {
    self.words = words
    phrases = words.filter { !$0.key.allSatisfy(Self.isPart) }.map { ($0.key, $0.value) }
      .sorted { ($1.0.count, $0.0) < ($0.0.count, $1.0) }
    self.ids = Dictionary(ids.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    uuids = Dictionary(ids.map { (String($0.key.lowercased().suffix(36)), String($0.value.suffix(36))) }) { first, _ in
      first
    }
  }

  /// Calls back with each text below a value that changes, and what it becomes.
  func visit(_ value: JSONValue, _ body: (JSONPointer, String) -> Void) { visit(value, .root, body) }

  private func visit(_ value: JSONValue, _ pointer: JSONPointer, _ body: (JSONPointer, String) -> Void) {
    switch value.kind {
    case .object: for (key, member) in value.members { visit(member, pointer.appending(key), body) }
    case .array: for (place, element) in value.elements.enumerated() { visit(element, pointer.appending(place), body) }
    case .string:
      guard let old = value.string, let new = rewritten(old) else { return }
      body(pointer, new)
    default: break
    }
  }

  private static func isPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "._-".contains(character)
  }

  /// The text with every word and id replaced; nil where none stands in it.
  func rewritten(_ text: String) -> String? {
    var result = ""
    var didChange = false
    var rest = Substring(text)
    // A word in its parts: `user@host.example` is one, and so is each of its sides.
    while let first = rest.first {
      guard Self.isPart(first) || first == ":" || first == "@" else {
        result.append(first)
        rest.removeFirst()
        continue
      }
      let token = rest.prefix { Self.isPart($0) || $0 == ":" || $0 == "@" }
      rest = rest[token.endIndex...]
      if let new = replaced(token) {
        result += new
        didChange = true
      } else {
        result += token
      }
    }
    for (old, new) in phrases {
      let replaced = Self.replacing(old, with: new, in: result)
      didChange = didChange || replaced != result
      result = replaced
    }
    return didChange ? result : nil
  }

  private func replaced(_ token: Substring) -> String? {
    let lower = token.lowercased()
    if let new = words[lower] ?? ids[lower] ?? uuids[lower] { return new }
    if lower.hasSuffix(".") || lower.hasSuffix(":") {
      return replaced(token.dropLast()).map { $0 + String(token.suffix(1)) }
    }
    // `type--UUID`, whatever the type.
    if lower.count > 38, lower.dropLast(36).hasSuffix("--"), let new = uuids[String(lower.suffix(36))] {
      return lower.dropLast(36) + new
    }
    for separator in [Character("@"), ":"] where lower.contains(separator) {
      let parts = token.split(separator: separator, omittingEmptySubsequences: false)
      let new = parts.map { $0.isEmpty ? nil : replaced($0) }
      if new.contains(where: { $0 != nil }) {
        return zip(parts, new).map { $1 ?? String($0) }.joined(separator: String(separator))
      }
    }
    return nil
  }

  private static func replacing(_ old: String, with new: String, in text: String) -> String {
    guard text.lowercased().contains(old) else { return text }
    var result = ""
    var rest = Substring(text)
    while !rest.isEmpty {
      if rest.count >= old.count, rest.prefix(old.count).lowercased() == old {
        result += new
        rest = rest.dropFirst(old.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}

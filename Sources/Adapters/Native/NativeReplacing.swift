import Contract
import Formats
import JSON
import STIX

/// Carries replacements in canonical objects over to the sender's document: to every text of their part that says the
/// same. The result is read again, and an object that does not say then what it was to say goes with its part.
struct NativeReplacing {
  struct Change {
    var object: STIXObject
    var place: JSONPointer
    var replacement: Replacement
  }

  let root: JSONValue
  let bundle: STIXBundle
  let format: any Format
  /// Nil where a document cannot be read.
  let read: (JSONDocument) -> STIXBundle?

  /// What becomes of the changes.
  struct Outcome {
    var edits: NativeEdits
    /// Objects of which something cannot be said in its place.
    var helpless: Set<Int> = []
    /// What went along with a value that it cannot be without: an e-mail contact with its address.
    var along: Set<JSONPointer> = []
  }

  func outcome(_ changes: [Change], residue: [JSONPointer]) -> Outcome {
    var outcome = Outcome(edits: NativeEdits(gone: Set(residue)))
    while true {
      let active = changes.filter { !outcome.helpless.contains($0.object.index) }
      outcome.edits = edits(active, residue, outcome.along)
      guard !active.isEmpty else { return outcome }
      guard let document = try? JSONDocument(outcome.edits.text(of: root)) else {
        outcome.helpless.formUnion(active.map(\.object.index))
        continue
      }
      let errors = format.errors(document).map(\.location)
      let wider = errors.isEmpty ? [] : wider(than: outcome.edits, active, errors).subtracting(outcome.along)
      if !wider.isEmpty {
        outcome.along.formUnion(wider)
        continue
      }
      let failed = failed(active, document, errors)
      guard !failed.isEmpty else { return outcome }
      outcome.helpless.formUnion(failed)
    }
  }

  private func edits(_ changes: [Change], _ residue: [JSONPointer], _ along: Set<JSONPointer>) -> NativeEdits {
    var edits = NativeEdits(gone: Set(residue).union(along))
    for change in changes {
      for place in places(of: change) {
        if case .value(let text) = change.replacement, JSONValue.of(text)?.string != nil {
          edits.set(place, text, orRemove: place)
        } else {
          edits.gone.insert(place)
        }
      }
    }
    edits.removeEmptied(root)
    return edits
  }

  /// What holds a removed value and is none of its kind without it, as far as that is but some of the object's part.
  private func wider(than edits: NativeEdits, _ changes: [Change], _ errors: [JSONPointer]) -> Set<JSONPointer> {
    let parts = Set(changes.flatMap(\.object.sources))
    let holders = edits.gone.compactMap(\.parent).filter { holder in
      errors.contains(holder) && !parts.contains(holder) && holder.isWithin(parts)
    }
    return Set(holders)
  }

  /// The objects of which something is not as it was to be, or in whose part the document is none of its format.
  private func failed(_ changes: [Change], _ document: JSONDocument, _ errors: [JSONPointer]) -> Set<Int> {
    let all = Set(changes.map(\.object.index))
    guard errors.isEmpty else {
      let parts = changes.filter { change in
        errors.contains { error in change.object.sources.contains { $0.contains(error) } }
      }
      return parts.isEmpty ? all : Set(parts.map(\.object.index))
    }
    guard let again = read(document) else { return all }
    let words = changes.reduce(into: Set<Substring>()) { words, change in
      if case .value(let text) = change.replacement { words.formUnion(Self.words(JSONValue.of(text)?.string ?? "")) }
    }
    return Set(changes.filter { !isSaid($0, in: again, words) }.map(\.object.index))
  }

  /// Whether what was read from the same part has the new value, and nothing the old one. What follows from other
  /// values may be said with those, and with nothing else.
  private func isSaid(_ change: Change, in again: STIXBundle, _ words: Set<Substring>) -> Bool {
    guard let old = change.object.value.at(change.place) else { return true }
    let now = values(like: change, in: again)
    guard !now.contains(old) else { return false }
    var said = words
    if case .value(let text) = change.replacement {
      guard let new = JSONValue.of(text) else { return false }
      if now.contains(new) { return true }
      guard places(of: change).isEmpty else { return false }
      said.formUnion(Self.words(new))
    } else if !places(of: change).isEmpty {
      return true
    }
    return now.allSatisfy { isOthers($0, change) || Self.words($0).isSubset(of: said) }
  }

  /// What stands in that place of the objects of the type that came from the same part.
  private func values(like change: Change, in other: STIXBundle) -> [JSONValue] {
    let sources = Set(change.object.sources)
    return other.objects.filter { $0.type == change.object.type && !sources.isDisjoint(with: $0.sources) }
      .compactMap { $0.value.at(change.place) }
  }

  /// Whether another object of the part said it before.
  private func isOthers(_ value: JSONValue, _ change: Change) -> Bool {
    values(like: change, in: bundle).contains(value) && change.object.value.at(change.place) != value
  }

  private static func words(_ value: JSONValue) -> Set<Substring> { words(value.string ?? value.description) }

  private static func words(_ text: String) -> Set<Substring> {
    Set(text.split { !($0.isLetter || $0.isNumber || ".@:/-_".contains($0)) })
  }

  /// Texts of the object's part that say what the object says; none of less than three letters, which may be anything.
  private func places(of change: Change) -> [JSONPointer] {
    guard let old = change.object.value.at(change.place)?.string, old.utf8.count > 2 else { return [] }
    let wanted = old.lowercased()
    var found: [JSONPointer] = []
    func search(_ value: JSONValue, _ here: JSONPointer) {
      if let text = value.string, text.lowercased() == wanted { found.append(here) }
      for (key, member) in value.members { search(member, here.appending(key)) }
      for (index, element) in value.elements.enumerated() { search(element, here.appending(index)) }
    }
    for source in change.object.sources { if let part = root.at(source) { search(part, source) } }
    return found
  }
}

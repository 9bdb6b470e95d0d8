package import Contract
package import JSON
package import STIX

/// STIX 2.1 itself: the sender's text is the canonical, and a recipient gets it whole or reduced.
package struct STIXAdapter: Adapter {
  package let format = FormatID.stix
  package let abilities: Set<AdapterAbility> = [.read, .write, .prune]

  package init() {}

  /// Custom properties count as read. Residue is what stands on the bundle beside `type`, `id`, `objects` and its
  /// markings.
  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    let bundle: STIXBundle
    do { bundle = try STIXBundle(reading: document) } catch {
      throw AdapterFailure(.unreadable, error.message, at: error.pointer)
    }
    return Translation(bundle, residue: bundle.residue)
  }

  /// The canonical as it is, where it is a bundle and nothing else.
  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    let root = bundle.document.root
    if bundle.id != nil, bundle.residue.isEmpty { return Translation(Array(root.source)) }
    return try reduce(bundle, keeping: Array(bundle.objects.indices), edits: [:])
  }

  package func source(of pointer: JSONPointer, in object: STIXObject, of document: JSONDocument) -> PropertySource {
    PropertySource([object.pointer.appending(pointer)])
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    var edits: [Int: ObjectEdit] = [:]
    for (pointer, replacement) in replacing {
      let (object, place) = try bundle.place(of: pointer)
      switch replacement {
      case .removed: edits[object, default: ObjectEdit()].removals.append(place)
      case .value(let text): edits[object, default: ObjectEdit()].replacements[place] = text
      }
    }
    return try reduce(bundle, keeping: keeping, edits: edits)
  }

  private func reduce(
    _ bundle: STIXBundle, keeping: [Int], edits: [Int: ObjectEdit]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    guard !keeping.isEmpty else { throw AdapterFailure(.cannotPrune, "nothing of the message is left to be delivered") }
    do {
      return Translation(
        try bundle.reduced(keeping: keeping, edits: edits, id: Self.id(of: keeping, in: bundle, edits)))
    } catch {
      throw AdapterFailure(.cannotPrune, error.message, at: error.pointer)
    }
  }

  /// From what is kept alone, so that it says nothing of what is not.
  private static func id(of keeping: [Int], in bundle: STIXBundle, _ edits: [Int: ObjectEdit]) -> String {
    let names = keeping.map { index in
      let object = bundle.objects[index]
      // Where an id is replaced, the bundle's must not tell what it was.
      func word(_ key: String) -> String {
        let replaced = edits[index]?.replacements[JSONPointer(tokens: [key])]
        return replaced.map { String(decoding: $0, as: UTF8.self) } ?? object.value[key]?.string ?? ""
      }
      return word("id") + " " + word("modified")
    }
    return STIXBundle.id(from: names.joined(separator: "\n").utf8)
  }
}

extension STIXBundle {
  /// The object that a pointer into the canonical document leads into, and the place within it.
  func place(of pointer: JSONPointer) throws(AdapterFailure) -> (object: Int, place: JSONPointer) {
    guard id != nil || document.root["type"]?.isString("bundle") ?? false else { return (0, pointer) }
    guard pointer.tokens.count > 2, pointer.tokens[0] == "objects", let object = Int(pointer.tokens[1]),
      objects.indices.contains(object)
    else { throw AdapterFailure(.cannotPrune, "no place in an object stands there", at: pointer) }
    return (object, JSONPointer(tokens: Array(pointer.tokens.dropFirst(2))))
  }
}

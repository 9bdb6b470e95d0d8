package import JSON

/// What becomes of an object when some others may not be shared.
package enum ReferenceRemoval: Sendable, Equatable {
  /// It mentions none of them.
  case none
  /// Cutting out these places, properties or entries of lists, leaves a sound object that mentions none of them.
  case remove([JSONPointer])
  /// It cannot be shared without saying something of them; the place and the reason.
  case withhold(JSONPointer, String)
}

extension STIXObject {
  /// How to free this object of every mention of the withheld ids (as `STIXObject.id` writes them).
  ///
  /// A published TLP id is no secret and never counts; any other marking that is withheld holds the object back, since
  /// cutting out a marking would widen the audience.
  package func removals(withholding ids: Set<String>) -> ReferenceRemoval {
    let references = references
    return removals { ids.contains(references[$0].target) }
  }

  /// The same, where the caller knows of each of its ``references``, by its place, whether it names what is withheld.
  package func removals(where isWithheld: (Int) -> Bool) -> ReferenceRemoval {
    let hit = references.enumerated().compactMap { place, reference in
      isWithheld(place) && !(reference.isMarking && TLP.known(reference.target) != nil) ? reference : nil
    }
    guard !hit.isEmpty else { return .none }
    var pointers: [JSONPointer] = []
    var itemsByList: [JSONPointer: Set<JSONPointer>] = [:]
    var lists: [JSONPointer] = []
    for reference in hit {
      if reference.isMarking {
        return .withhold(reference.pointer, "its marking \(reference.target) may not be shared")
      }
      switch reference.place {
      case .optional: if pointers.last != reference.pointer { pointers.append(reference.pointer) }
      case .item:
        let list = JSONPointer(tokens: reference.pointer.tokens.dropLast())
        if itemsByList[list] == nil { lists.append(list) }
        itemsByList[list, default: []].insert(reference.pointer)
      case .required: return .withhold(reference.pointer, "it cannot be without its reference to what is withheld")
      case .embedded, .key: return .withhold(reference.pointer, "a value mentions what is withheld")
      }
    }
    for list in lists {
      let items = itemsByList[list] ?? []
      if items.count < value.at(list)?.count ?? 0 {
        pointers += items.sorted { Int($0.tokens.last ?? "") ?? 0 < Int($1.tokens.last ?? "") ?? 0 }
      } else if ReferenceFields.listMayGo(list, type: type) {
        pointers.append(list)
      } else {
        return .withhold(list, "nothing would be left of a list that it cannot be without")
      }
    }
    return check(pointers)
  }

  /// Whether the object stays sound without these places.
  private func check(_ pointers: [JSONPointer]) -> ReferenceRemoval {
    let whole = Set(pointers.filter { $0.tokens.count == 1 }.map { $0.tokens[0] })
    if let lack = ReferenceFields.lack(self, without: whole) {
      return .withhold(pointers[0], "it would be without \(lack)")
    }
    // A granular marking names places by path and position: one that points into what is cut would mark another
    // place or none.
    for selector in selectors {
      let root = String(selector.prefix { $0 != "." })
      for pointer in pointers where pointer.tokens[0] == root {
        if pointer.tokens.count == 1 || selector != root {
          return .withhold(pointer, "a granular marking points into what would be cut out")
        }
      }
    }
    return .remove(pointers)
  }

  /// What its granular markings point at.
  private var selectors: [String] {
    guard let markings = value["granular_markings"] else { return [] }
    return markings.elements.flatMap { marking -> [String] in
      guard let selectors = marking["selectors"] else { return [] }
      return selectors.elements.compactMap(\.string)
    }
  }
}

import JSON

/// Which values of a document were read, by their places in its table: quick for long lists.
struct ReadMarks {
  private var marks: [Bool]

  init(_ root: JSONValue) {
    let last = root.isObject || root.isArray ? root.document.tape.close(root.index) : root.index
    marks = [Bool](repeating: false, count: last + 1)
    mark(root)
  }

  mutating func mark(_ value: JSONValue) { if value.index < marks.count { marks[value.index] = true } }

  /// The places of values that were not read: the topmost ones, in the order of the document.
  func residue(of root: JSONValue) -> [JSONPointer] {
    var found: [JSONPointer] = []
    var tokens: [String] = []
    collect(root, &tokens, &found)
    return found
  }

  private func collect(_ value: JSONValue, _ tokens: inout [String], _ found: inout [JSONPointer]) {
    func visit(_ child: JSONValue, _ token: @autoclosure () -> String) {
      let isMarked = marks[child.index]
      if isMarked, !child.isObject, !child.isArray { return }
      tokens.append(token())
      if isMarked { collect(child, &tokens, &found) } else { found.append(JSONPointer(tokens: tokens)) }
      tokens.removeLast()
    }
    if value.isObject {
      for (key, member) in value.members { visit(member, key) }
    } else {
      var index = 0
      for element in value.elements {
        visit(element, String(index))
        index += 1
      }
    }
  }
}

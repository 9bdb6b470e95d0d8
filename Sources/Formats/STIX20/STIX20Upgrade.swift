package import JSON
import STIX

/// A bundle of STIX 2.0 as STIX 2.1, with what that changed.
///
/// Objects keep their ids and their order. What stood inside observed data becomes objects of its own behind all
/// others, under the marking of the observed data, or under that of their part of it. What cannot be understood stays
/// as it is, for the rules of STIX 2.1 to refuse: a marking is never dropped with something that did not fit.
package struct STIX20Upgrade: Sendable {
  /// Something that is another thing in STIX 2.1, or none.
  package struct Change: Sendable, Equatable {
    /// Whether nothing is left of it.
    package var isLost: Bool
    /// Where it stood in STIX 2.0.
    package var place: JSONPointer
    package var what: String
    package var why: String
  }

  /// Nil where the bundle has no list of objects.
  package let document: JSONDocument?
  /// Where each object of the upgraded bundle stood.
  package let sources: [JSONPointer]
  package let changes: [Change]

  package init(_ document: JSONDocument) {
    var upgrading = STIX20Upgrading()
    let root = document.root
    var writer = JSONWriter()
    writer.object { bundle in
      for (name, value) in root.members where name != "spec_version" && name != "objects" {
        bundle.member(name, value)
      }
      bundle.member("objects") { list in
        list.array { list in
          for (index, object) in (root["objects"].map { Array($0.elements) } ?? []).enumerated() {
            upgrading.add(object, JSONPointer(tokens: ["objects", String(index)]), to: &list)
          }
          for observable in upgrading.observables { list.raw(observable.text) }
        }
      }
    }
    changes = upgrading.changes
    sources = upgrading.sources + upgrading.observables.map(\.source)
    let isList = root["objects"]?.isArray ?? false
    self.document = isList ? try? JSONDocument(writer.bytes, limits: JSONLimits(maximumBytes: .max)) : nil
  }

  /// Where in STIX 2.0 something of the upgraded bundle stood, as near as it can be told.
  package func source(of pointer: JSONPointer) -> JSONPointer {
    guard pointer.tokens.count > 1, pointer.tokens[0] == "objects", let index = Int(pointer.tokens[1]),
      sources.indices.contains(index)
    else { return pointer }
    return JSONPointer(tokens: sources[index].tokens + pointer.tokens.dropFirst(2))
  }
}

import JSON
import STIX

/// What stood inside observed data.
extension STIX20Upgrading {
  private static let namespace = "4c2f6f0e-7d0b-5b6e-9b0a-0a53a1c4f0d2"

  /// The ids that the objects of observed data get, by their keys; none where not all of them are objects of a type.
  mutating func ids(of object: JSONValue) -> [String: String] {
    guard let objects = object["objects"], objects.isObject else { return [:] }
    let owner = object["id"]?.string ?? ""
    let before = occurrences[owner, default: 0]
    occurrences[owner] = before + 1
    var ids: [String: String] = [:]
    for (key, observable) in objects.members {
      guard let type = observable["type"]?.string else { return [:] }
      // Another version of the observed data has objects of its own.
      let name = "\(owner) \(key)" + (before == 0 ? "" : " \(before)")
      ids[key] = DeterministicID.id(type: type, namespace: Self.namespace, name: Array(name.utf8))
    }
    return ids
  }

  mutating func add(observablesOf object: JSONValue, _ place: JSONPointer, _ ids: [String: String]) {
    let here = place.appending("objects")
    for (key, observable) in object["objects"]?.members.map({ $0 }) ?? [] {
      let type = observable["type"]?.string ?? ""
      var marks = marks(on: key, of: object)
      for mark in observable["object_marking_refs"]?.elements.compactMap(\.string) ?? [] where !marks.contains(mark) {
        marks.append(mark)
      }
      var text = JSONWriter()
      text.object { text in
        text.member("type", type)
        text.member("spec_version", "2.1")
        text.member("id", ids[key] ?? "")
        if !marks.isEmpty { text.member("object_marking_refs", marks) }
        if ObjectKind(type: type) == .custom { addTimes(of: object, to: observable, here.appending(key), &text) }
        let own: Set = ["type", "id", "spec_version", "object_marking_refs"]
        add(membersOf: observable, except: own, here.appending(key), of: type, ids, to: &text)
      }
      observables.append((text.bytes, here.appending(key)))
    }
    change(here, "observables are objects of their own", "STIX 2.1 keeps them beside the observed data")
  }

  /// Nobody can tell what somebody's own type is: it gets the times that STIX 2.1 asks of domain objects.
  private mutating func addTimes(
    of object: JSONValue, to observable: JSONValue, _ place: JSONPointer, _ text: inout JSONWriter
  ) {
    for name in ["created", "modified"] where observable[name] == nil {
      guard let time = object[name] else { continue }
      text.member(name, time)
      change(place, "\(name) is that of the observed data", "STIX 2.1 asks for it, and STIX 2.0 does not say")
    }
  }

  /// The markings of the observed data, and those of this part of it.
  private func marks(on key: String, of object: JSONValue) -> [String] {
    var marks = object["object_marking_refs"]?.elements.compactMap(\.string) ?? []
    for entry in object["granular_markings"]?.elements.map({ $0 }) ?? [] {
      guard let selectors = Self.selectors(of: entry), let mark = entry["marking_ref"]?.string, !marks.contains(mark)
      else { continue }
      if selectors.contains(where: { $0 == "objects" || Self.leads($0, into: "objects." + key) }) { marks.append(mark) }
    }
    return marks
  }

  /// `type` is that of the observable or of the extension that has these members; nil for parts of them.
  private mutating func add(
    membersOf value: JSONValue, except own: Set<String> = [], _ place: JSONPointer, of type: String?,
    _ ids: [String: String], to writer: inout JSONWriter
  ) {
    let renamed = type.flatMap { STIX20Names.renamed[$0] } ?? [:]
    for (name, member) in value.members where !own.contains(name) {
      let here = place.appending(name)
      if let type, STIX20Names.isGone(name, of: type) {
        change(here, "\(name) of \(type)", "STIX 2.1 has no such property", isLost: true)
      } else if let new = renamed[name], value[new] != nil {
        change(here, "\(name) of \(type ?? "")", "STIX 2.1 calls it \(new), which it has too", isLost: true)
      } else {
        add(member, renamed[name] ?? name, here, ids, to: &writer)
      }
    }
  }

  mutating func add(
    _ member: JSONValue, _ name: String, _ here: JSONPointer, _ ids: [String: String], to writer: inout JSONWriter
  ) {
    if name == "extensions", member.isObject {
      add(extensions: member, here, ids, to: &writer)
    } else if STIX20Names.dictionaries.contains(name) {
      writer.member(name, member)
    } else if STIX20Names.headers.contains(name), member.isObject {
      writer.member(name) { $0.object { headers in Self.add(headers: member, to: &headers) } }
    } else if name == "hashes" || name.hasSuffix("_hashes"), member.isObject {
      writer.member(name) { inner in
        inner.object { hashes in
          for (key, value) in member.members {
            let new = STIX20Names.hash(key)
            hashes.member(member[new] == nil ? new : key, value)
          }
        }
      }
    } else if name.hasSuffix("_ref"), let key = member.string {
      writer.member(name, ids[key] ?? key)
    } else if name.hasSuffix("_refs"), member.isArray {
      writer.member(name) { inner in
        inner.array { list in
          for element in member.elements {
            if let id = element.string.flatMap({ ids[$0] }) { list.string(id) } else { list.value(element) }
          }
        }
      }
    } else if member.isObject {
      writer.member(name) { inner in inner.object { add(membersOf: member, here, of: nil, ids, to: &$0) } }
    } else if member.isArray {
      writer.member(name) { inner in
        inner.array { list in
          for (index, element) in member.elements.enumerated() {
            if element.isObject {
              list.object { add(membersOf: element, here.appending(index), of: nil, ids, to: &$0) }
            } else {
              list.value(element)
            }
          }
        }
      }
    } else {
      writer.member(name, member)
    }
  }

  /// An extension that has nothing but what is lost goes as a whole: STIX 2.1 has no empty ones.
  private mutating func add(
    extensions: JSONValue, _ here: JSONPointer, _ ids: [String: String], to writer: inout JSONWriter
  ) {
    let left = extensions.members.filter { name, value in
      value.count == 0 || value.members.contains { !STIX20Names.isGone($0.key, of: name) }
    }
    let names = Set(left.map(\.key))
    var text = JSONWriter()
    text.object { inner in
      for (name, value) in extensions.members {
        if !value.isObject {
          inner.member(name, value)
        } else if names.contains(name) {
          inner.member(name) { part in
            part.object { add(membersOf: value, here.appending(name), of: name, ids, to: &$0) }
          }
        } else {
          var nothing = JSONWriter()
          nothing.object { add(membersOf: value, here.appending(name), of: name, ids, to: &$0) }
        }
      }
    }
    if text.bytes.count > 2 || extensions.count == 0 { writer.member("extensions") { $0.raw(text.bytes) } }
  }

  /// STIX 2.1 has lists of values, since a header may stand several times.
  private static func add(headers: JSONValue, to writer: inout JSONWriter) {
    for (name, value) in headers.members {
      if let text = value.string { writer.member(name, [text]) } else { writer.member(name, value) }
    }
  }
}

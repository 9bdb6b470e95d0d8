import JSON
import STIX

/// What writing a report under one law from the answers to another has in common: every answer goes somewhere or is
/// named as lost, and everything that the other law asks and nobody said is named too.
struct Crosswalk {
  var writing: RegulatoryWriting
  /// The law that is written for.
  let target: String
  private var used: Set<String> = []
  private(set) var filled: Set<String> = []

  init(_ writing: RegulatoryWriting, to target: String) {
    self.writing = writing
    self.target = target
  }

  /// An answer, by its path; it counts as carried.
  mutating func answer(_ path: String) -> JSONValue? {
    let pointer = JSONPointer(tokens: path.split(separator: "/").map(String.init))
    guard let value = writing.answers.at(pointer) else { return nil }
    used.insert(path)
    return value
  }

  mutating func text(_ path: String) -> String? { answer(path)?.string }

  mutating func texts(_ path: String) -> [String] { answer(path)?.elements.compactMap(\.string) ?? [] }

  /// That an answer of the target is given.
  mutating func fill(_ path: String) { filled.insert(path) }

  /// An answer that stands for something slightly else.
  mutating func assume(_ path: String, why: String) {
    filled.insert(path)
    writing.account.add(.information, what: "\(path), which is assumed", why: why)
  }

  /// The losses: answers that the target has no place for, and what it asks and nobody said.
  mutating func finish(asked: [String]) -> [Loss] {
    let place = JSONPointer(tokens: ["extensions", RegulatoryNamespace.extensionID])
    for path in Self.leaves(writing.answers, "")
    where !used.contains(path) && !Self.frame.contains(path) && !used.contains(where: { path.hasPrefix($0 + "/") }) {
      let tokens = path.split(separator: "/").map(String.init)
      writing.account.add(
        .meaning, writing.incident, JSONPointer(tokens: place.tokens + tokens),
        what: "\(path) of \(writing.incident.id)", why: "\(target) does not ask for it")
    }
    writing.finish()
    for path in asked where !filled.contains(path) {
      writing.account.add(.information, what: "\(target) asks for \(path)", why: "this report does not say")
    }
    return writing.account.losses
  }

  private static let frame: Set<String> = ["extension_type", "regime", "version"]

  /// Lists count as one answer.
  private static func leaves(_ value: JSONValue, _ prefix: String) -> [String] {
    value.members.flatMap { name, member in
      member.isObject ? leaves(member, prefix + name + "/") : [prefix + name]
    }
  }
}

extension JSONWriter {
  /// An object whose members `body` writes; nothing where it writes none.
  mutating func group(_ name: String, _ members: [(String, [UInt8])]) {
    guard !members.isEmpty else { return }
    member(name) { writer in
      writer.object { object in
        for (name, text) in members {
          object.key(name)
          object.raw(text)
        }
      }
    }
  }
}

/// JSON texts of single values.
enum JSONTextOf {
  static func string(_ text: String) -> [UInt8] { written { $0.string(text) } }
  static func value(_ value: JSONValue) -> [UInt8] { written { $0.value(value) } }
  static func bool(_ flag: Bool) -> [UInt8] { written { $0.bool(flag) } }
  static func strings(_ texts: [String]) -> [UInt8] {
    written { $0.array { list in for text in texts { list.string(text) } } }
  }

  static func written(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    body(&writer)
    return writer.bytes
  }
}

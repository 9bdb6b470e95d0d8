import Contract
import JSON
import STIX

@testable import Sharing

/// A STIX bundle written short, an object on each line: `type name LABEL property=value ...`.
///
/// Labels are those of TLP 2.0, `OLD-AMBER` of TLP 1, `-` for none, `UNKNOWN` for a marking nobody knows, and `@name`
/// for a marking-definition of the message. Values of `*_ref` and `*_refs` are names of objects (or `elsewhere` for
/// one that is not in the message). In texts `{name}` is an object's id, `{bare name}` its UUID, `{loud name}` its id
/// in capitals, `{escaped name}` with escapes of JSON,
/// `{plain name}` the UUID without hyphens, `{PLAIN name}` that in capitals. `:=` sets JSON instead of a text; `id=name` gives the id of
/// another object, `id=^name` that in capitals; `granular=name,RED` marks a property; `statement=` makes a marking-definition a statement.
struct TestMessage {
  private var names: [String] = []
  private var types: [String: String] = [:]
  private var objects: [String] = []
  private var marks = ""

  init(_ text: String) {
    let lines = text.split(separator: "\n").map { Self.words(String($0)) }
    for words in lines where words.count > 2 { types[words[1]] = words[0] }
    for words in lines {
      if words[0] == "bundle" {
        marks = #","object_marking_refs":["\#(Self.marking(words[1]) ?? "")"]"#
      } else {
        names.append(words[1])
        objects.append(object(words))
      }
    }
  }

  func bundle() throws -> STIXBundle {
    let text =
      #"{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001"\#(marks),"#
      + #""objects":[\#(objects.joined(separator: ","))]}"#
    return try STIXBundle(reading: JSONDocument(Array(text.utf8)))
  }

  /// A decision in the words of the table.
  func line(_ decision: Decision) -> String {
    var parts = ["\(decision.recipient) \(decision.outcome.rawValue) \(decision.rule.rawValue)"]
    if !decision.keep.isEmpty { parts.append("passes " + decision.keep.map { names[$0] }.joined(separator: " ")) }
    if !decision.removals.isEmpty {
      parts.append("cut " + decision.removals.map { "\(names[$0.object])\($0.pointer)" }.joined(separator: " "))
    }
    if !decision.redactions.isEmpty {
      parts.append("out " + decision.redactions.map { "\(names[$0.object])\($0.pointer)" }.joined(separator: " "))
    }
    if !decision.rewrites.isEmpty {
      let rewrites = decision.rewrites.map { "\(names[$0.object])\($0.pointer)=\($0.treatment.rawValue)" }
      parts.append("changed " + rewrites.joined(separator: " "))
    }
    if decision.hidesSource { parts.append("source hidden") }
    if !decision.releasedBy.isEmpty {
      parts.append("released by " + decision.releasedBy.map(\.slug).joined(separator: " "))
    }
    if let until = decision.heldUntil { parts.append("until \(Moment.text(until))") }
    if !decision.withheld.isEmpty {
      let withheld = decision.withheld.map { "\(names[$0.object])=\($0.rule.rawValue)" }
      parts.append("withheld " + withheld.joined(separator: " "))
    }
    return parts.joined(separator: " | ")
  }

  static func submission(_ bundle: STIXBundle, _ sent: String) throws -> Submission {
    var submission = Submission(
      sender: AgencyID("alpha")!, kind: .bundle, lane: .threat, bundle: bundle, at: Moment.read("2026-11-24")!)
    for word in words(sent) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let value = parts.count > 1 ? parts[1] : ""
      switch parts[0] {
      case "kind": submission.kind = MessageKind(rawValue: value)!
      case "recipients": submission.named = Set(value.split(separator: ",").compactMap { AgencyID(String($0)) })
      case "tlp": submission.tlp = TLP(label: value)!
      case "purpose": submission.purpose = value
      case "basis": submission.legalBasis = value
      case "at":
        submission.at = Moment.read(value)!
        submission.acceptedAt = submission.at
      case "origin": submission.provenance.origin = AgencyID(value)
      case "hops": submission.provenance.hops = Int(value)!
      case "maximum-hops": submission.provenance.maximumHops = Int(value)!
      case "loop": submission.provenance.isLoop = true
      case "onward": submission.provenance.duties.onward = Obligations.Onward(rawValue: value)!
      case "returned": submission.provenance.returned = Set(value.split(separator: ",").map { Int($0)! })
      case "accepted": submission.acceptedAt = Moment.read(value)!
      case "exercise": submission.exercise = true
      case "residue": submission.residueFree = false
      default: throw TestTerms.Fault(description: "unknown word \(word)")
      }
    }
    return submission
  }

  /// An id in capitals.
  private static func loud(_ id: String) -> String { id.dropLast(36) + id.suffix(36).uppercased() }

  static func uuid(_ name: String, version: Character = "4") -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = Array(String(hash | 1 << 63, radix: 16) + String(~hash | 1 << 63, radix: 16))
    let text = String(digits)
    func part(_ from: Int, _ count: Int) -> String { String(text.dropFirst(from).prefix(count)) }
    return "\(part(0, 8))-\(part(8, 4))-\(version)\(part(12, 3))-8\(part(17, 3))-\(part(20, 12))"
  }

  private func id(_ name: String) -> String {
    let type = types[name] ?? "indicator"
    return type + "--" + Self.uuid(name, version: ObjectKind(type: type) == .observable ? "5" : "4")
  }

  private func object(_ words: [String]) -> String {
    var members = [#""type":"\#(words[0])""#, #""spec_version":"2.1""#]
    var ownID = id(words[1])
    let marking = words[2].hasPrefix("@") ? id(String(words[2].dropFirst())) : Self.marking(words[2])
    if let marking { members.append(#""object_marking_refs":["\#(marking)"]"#) }
    for word in words.dropFirst(3) {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      let value = parts[1]
      if parts[0] == "id" {
        ownID =
          value.contains("--") ? value : value.hasPrefix("^") ? Self.loud(id(String(value.dropFirst()))) : id(value)
      } else if parts[0] == "granular" {
        let granular = value.split(separator: ",").map(String.init)
        let reference = Self.marking(granular[1]) ?? ""
        members.append(#""granular_markings":[{"selectors":["\#(granular[0])"],"marking_ref":"\#(reference)"}]"#)
      } else if parts[0] == "statement" {
        members.append(#""definition_type":"statement","definition":{"statement":"\#(value)"}"#)
      } else if parts[0].hasSuffix(":") {
        members.append(#""\#(parts[0].dropLast())":\#(filled(value))"#)
      } else if parts[0].hasSuffix("_refs") {
        let ids = value.split(separator: ",").map { #""\#(id(String($0)))""# }
        members.append(#""\#(parts[0])":[\#(ids.joined(separator: ","))]"#)
      } else {
        let text = parts[0].hasSuffix("_ref") ? id(value) : filled(value)
        members.append(#""\#(parts[0])":"\#(text)""#)
      }
    }
    return "{" + ([#""id":"\#(ownID)""#] + members).joined(separator: ",") + "}"
  }

  /// The text with ids in place of names in braces.
  private func filled(_ text: String) -> String {
    guard text.contains("{") else { return text }
    var result = text
    for name in types.keys {
      result.replace("{\(name)}", with: id(name))
      result.replace("{bare \(name)}", with: String(id(name).suffix(36)))
      let plain = id(name).suffix(36).replacing("-", with: "")
      result.replace("{plain \(name)}", with: plain)
      result.replace("{PLAIN \(name)}", with: plain.uppercased())
      result.replace("{loud \(name)}", with: id(name).uppercased())
      result.replace("{escaped \(name)}", with: id(name).replacing("-", with: #"\u002d"#))
    }
    return result
  }

  private static func marking(_ label: String) -> String? {
    switch label {
    case "-": nil
    case "UNKNOWN": "marking-definition--" + uuid("nobody knows")
    case "OLD-WHITE": "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
    case "OLD-AMBER": "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
    default: TLP(label: label)!.markingID
    }
  }

  /// Words, of which those in quotes may hold spaces: `content="two words"`.
  private static func words(_ line: String) -> [String] {
    var words = [""]
    var isQuoted = false
    for character in line {
      if character == "'" {
        isQuoted.toggle()
      } else if character == " ", !isQuoted {
        if words[words.count - 1] != "" { words.append("") }
      } else {
        words[words.count - 1].append(character)
      }
    }
    return words.filter { $0 != "" }
  }
}

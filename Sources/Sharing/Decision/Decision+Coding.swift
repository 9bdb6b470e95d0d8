import Contract
import JSON
import STIX

/// Why bytes are no decision of ours.
package struct DecisionCodingError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  package var description: String { message }
}

extension Decision {
  /// The decision as compact JSON, for the ledger to keep: equal decisions give equal bytes.
  package func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { line in
      line.member("v", 1)
      line.member("to", recipient.slug)
      line.member("outcome", outcome.rawValue)
      line.member("rule", rule.rawValue)
      if let arrangement { line.member("arrangement", arrangement) }
      if let arrangementVersion { line.member("version", arrangementVersion) }
      if let grant { line.member("grant", grant) }
      line.member("reason", reason)
      line.member("tlp", tlp.label)
      if obligations != Obligations() { line.member("obligations") { obligations.write(to: &$0) } }
      if !keep.isEmpty {
        line.member("keep") { list in
          list.array { runs in
            for run in Self.runs(keep) {
              runs.integer(run.lowerBound)
              runs.integer(run.count)
            }
          }
        }
      }
      Self.write(removals, "removals", &line)
      Self.write(redactions, "redactions", &line)
      if !rewrites.isEmpty {
        line.member("rewrites") { list in
          list.array { items in
            for rewrite in rewrites {
              items.integer(rewrite.object)
              items.string(rewrite.pointer.description)
              items.string(rewrite.treatment.rawValue)
              items.string(rewrite.form.rawValue)
            }
          }
        }
      }
      if hidesSource { line.member("hides-source", true) }
      if !holds.isEmpty {
        line.member("holds") { list in
          list.array { items in
            for hold in holds {
              items.object { item in
                item.member("rule", hold.rule.rawValue)
                if let until = hold.until { item.member("until", until.milliseconds) }
                if !hold.releasedBy.isEmpty { item.member("released-by", hold.releasedBy.map(\.slug)) }
              }
            }
          }
        }
      }
      // An empty word is an operator's.
      if !releases.isEmpty { line.member("releases", releases.map { $0.party?.slug ?? "" }) }
      if !withheld.isEmpty {
        line.member("withheld") { list in
          list.array { items in
            for object in withheld {
              items.integer(object.object)
              items.string(object.rule.rawValue)
            }
          }
        }
      }
    }
    return writer.bytes
  }

  private static func write(_ removals: [Removal], _ key: String, _ line: inout JSONWriter) {
    guard !removals.isEmpty else { return }
    line.member(key) { list in
      list.array { items in
        for removal in removals {
          items.integer(removal.object)
          items.string(removal.pointer.description)
        }
      }
    }
  }

  /// Reads what ``encoded()`` wrote.
  package init(decoding bytes: [UInt8]) throws(DecisionCodingError) {
    let document: JSONDocument
    do {
      document = try JSONDocument(bytes, limits: JSONLimits(maximumBytes: .max, maximumDepth: 8))
    } catch {
      throw DecisionCodingError(message: "The decision is not JSON: \(error.message).")
    }
    let root = document.root
    guard root["v"]?.integer == 1 else { throw DecisionCodingError(message: "The decision is of an unknown version.") }
    func text(_ key: String) throws(DecisionCodingError) -> String {
      guard let text = root[key]?.string else { throw DecisionCodingError(message: "The decision has no \(key).") }
      return text
    }
    guard let recipient = AgencyID(try text("to")), let outcome = Outcome(rawValue: try text("outcome")),
      let rule = DecisionRule(rawValue: try text("rule")), let tlp = TLP(label: try text("tlp"))
    else { throw DecisionCodingError(message: "The decision has a recipient, outcome, rule or label that is none.") }
    self.init(
      recipient: recipient, outcome: outcome, rule: rule, arrangement: root["arrangement"]?.string,
      arrangementVersion: root["version"]?.integer.map { Int($0) }, grant: root["grant"]?.string,
      reason: try text("reason"), tlp: tlp)
    if let value = root["obligations"] { obligations = Obligations(reading: value) }
    for (start, count) in try Self.pairs(root["keep"]) {
      guard let start = start.place, let count = count.place else {
        throw DecisionCodingError(message: "The decision keeps places that are none.")
      }
      keep.append(contentsOf: start..<(start + count))
    }
    removals = try Self.removals(root["removals"])
    redactions = try Self.removals(root["redactions"])
    let words = root["rewrites"].map { Array($0.elements) } ?? []
    for place in stride(from: 0, to: words.count, by: 4) {
      guard place + 4 <= words.count, let object = words[place].place, let text = words[place + 1].string,
        let pointer = try? JSONPointer(text), let treatment = words[place + 2].string.flatMap(Treatment.init),
        let form = words[place + 3].string.flatMap(PseudonymForm.init)
      else { throw DecisionCodingError(message: "The decision replaces what is no place, or by what is no word.") }
      rewrites.append(Rewrite(object: object, pointer: pointer, treatment: treatment, form: form))
    }
    hidesSource = root["hides-source"]?.bool ?? false
    for hold in root["holds"].map({ Array($0.elements) }) ?? [] {
      guard let rule = hold["rule"]?.string.flatMap(DecisionRule.init), rule.isHold else {
        throw DecisionCodingError(message: "The decision waits by a rule that is none.")
      }
      holds.append(
        HoldCause(
          rule: rule, until: hold["until"]?.integer.map(Instant.init(milliseconds:)),
          releasedBy: Self.agencies(hold["released-by"])))
    }
    releases = (root["releases"].map { Array($0.elements) } ?? []).map { Release(by: $0.string.flatMap(AgencyID.init)) }
    for (object, rule) in try Self.pairs(root["withheld"]) {
      guard let object = object.place, let rule = rule.string.flatMap(DecisionRule.init) else {
        throw DecisionCodingError(message: "The decision withholds by a rule that is none.")
      }
      withheld.append(WithheldObject(object: object, rule: rule))
    }
  }

  private static func agencies(_ list: JSONValue?) -> [AgencyID] {
    (list.map { Array($0.elements) } ?? []).compactMap { $0.string.flatMap(AgencyID.init) }
  }

  private static func removals(_ list: JSONValue?) throws(DecisionCodingError) -> [Removal] {
    try pairs(list).map { object, pointer throws(DecisionCodingError) in
      guard let object = object.place, let text = pointer.string, let pointer = try? JSONPointer(text) else {
        throw DecisionCodingError(message: "The decision removes what is no place.")
      }
      return Removal(object: object, pointer: pointer)
    }
  }

  /// Neighbouring places as ranges.
  private static func runs(_ places: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for place in places {
      if let last = runs.last, last.upperBound == place {
        runs[runs.count - 1] = last.lowerBound..<(place + 1)
      } else {
        runs.append(place..<(place + 1))
      }
    }
    return runs
  }

  /// A list of pairs, written one after the other.
  private static func pairs(_ list: JSONValue?) throws(DecisionCodingError) -> [(JSONValue, JSONValue)] {
    let values = list.map { Array($0.elements) } ?? []
    guard values.count.isMultiple(of: 2) else { throw DecisionCodingError(message: "The decision has half a pair.") }
    return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
  }
}

extension JSONValue {
  /// The place of an object in a message: more than any message holds is none.
  fileprivate var place: Int? { integer.flatMap { (0..<1 << 28).contains($0) ? Int($0) : nil } }
}

/// A STIX pattern as a tree (STIX 2.1 section 9).
package indirect enum Pattern: Sendable, Equatable {
  /// `[...]`: one observation.
  case observation(Comparison)
  case and([Pattern])
  case or([Pattern])
  case followedBy([Pattern])
  case qualified(Pattern, Qualifier)

  package enum Qualifier: Sendable, Equatable {
    case within(seconds: Double)
    case repeats(Int)
    case startStop(Timestamp, Timestamp)
  }

  /// What an observation is compared with.
  package indirect enum Comparison: Sendable, Equatable {
    case and([Comparison])
    case or([Comparison])
    case test(ObjectPath, Operator, isNegated: Bool, [Literal])
    case exists(ObjectPath, isNegated: Bool)
  }

  package enum Operator: String, Sendable, Equatable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case like = "LIKE"
    case matches = "MATCHES"
    case isSubset = "ISSUBSET"
    case isSuperset = "ISSUPERSET"
    case isIn = "IN"
  }

  /// `type:path`, such as `file:hashes.'SHA-256'`.
  package struct ObjectPath: Sendable, Equatable, CustomStringConvertible {
    package enum Step: Sendable, Equatable {
      case property(String)
      case index(Int)
      /// `[*]`: any entry.
      case any
    }

    package let type: String
    package let steps: [Step]

    package init(type: String, steps: [Step]) {
      self.type = type
      self.steps = steps
    }

    /// The path with keys quoted where they must be: `file:hashes.'SHA-256'`.
    package var description: String {
      var text = type + ":"
      for (place, step) in steps.enumerated() {
        switch step {
        case .property(let name):
          let plain = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F
          }
          let escaped = name.flatMap { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" }
          text += (place == 0 ? "" : ".") + (plain && !name.isEmpty ? name : "'\(String(escaped))'")
        case .index(let index): text += "[\(index)]"
        case .any: text += "[*]"
        }
      }
      return text
    }
  }

  package enum Literal: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    /// Octets written as hexadecimal digits or base64.
    case binary([UInt8])
    case timestamp(Timestamp)
  }
}

/// Why a text is no pattern; the position counts characters from 1.
package struct PatternError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  package let position: Int

  package var description: String { "\(message), at character \(position)" }
}

extension Pattern {
  /// Reads a pattern. Depth, and with it the stack, is bounded: a deeper nesting is an error like any other.
  package init(_ text: String, maximumDepth: Int = 64) throws(PatternError) {
    var parser = try PatternParser(text, maximumDepth: maximumDepth)
    self = try parser.parse()
  }
}

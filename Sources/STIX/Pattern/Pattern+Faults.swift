/// What is wrong with a pattern that the grammar accepts.
package enum PatternFault: Sendable, Equatable, CustomStringConvertible {
  /// A property that the type has not, by a name that no custom property could have.
  case name(Pattern.ObjectPath, property: String)
  /// A hash that has not the form of its algorithm.
  case hash(Pattern.ObjectPath, value: String, expected: String)

  package var description: String {
    switch self {
    case .name(let path, let property):
      "\(path) names the property \"\(property)\", which \(path.type) has not; "
        + "names of custom properties have at least three lower-case letters, digits and underscores"
    case .hash(let path, let value, let expected):
      "\(path) is compared with '\(value.prefix(140))', which is no such hash: \(expected) are expected"
    }
  }
}

extension Pattern {
  /// Names and hashes that cannot be right (STIX 2.1 sections 9.7 and 2.7), in the order of the text.
  package var faults: [PatternFault] {
    var faults: [PatternFault] = []
    forEachComparison { $0.collect(&faults) }
    return faults
  }

  private func forEachComparison(_ body: (Comparison) -> Void) {
    switch self {
    case .observation(let comparison): body(comparison)
    case .and(let parts), .or(let parts), .followedBy(let parts): for part in parts { part.forEachComparison(body) }
    case .qualified(let pattern, _): pattern.forEachComparison(body)
    }
  }
}

extension Pattern.Comparison {
  fileprivate func collect(_ faults: inout [PatternFault]) {
    switch self {
    case .and(let parts), .or(let parts): for part in parts { part.collect(&faults) }
    case .exists(let path, _): path.collect(&faults)
    case .test(let path, let op, _, let values):
      path.collect(&faults)
      guard op == .equal || op == .notEqual || op == .isIn, let form = path.hashForm else { return }
      for case .string(let value) in values where !form.accepts(value) {
        faults.append(.hash(path, value: value, expected: form.description))
      }
    }
  }
}

extension Pattern.ObjectPath {
  fileprivate func collect(_ faults: inout [PatternFault]) {
    guard case .property(let name) = steps.first else { return }
    let isKnown = KnownProperties.own[type] != nil && KnownProperties.holds(type, name)
    if !isKnown, !Self.couldBeCustom(name) { faults.append(.name(self, property: name)) }
  }

  private static func couldBeCustom(_ name: String) -> Bool {
    (3...250).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
      }
  }

  /// The form of hash that the path leads to; nil when it leads to none, or to one of an algorithm that is not known.
  fileprivate var hashForm: HashForm? {
    guard steps.count >= 2, case .property(let algorithm) = steps[steps.count - 1],
      steps.dropLast().contains(where: { step in
        step == .property("hashes") || step == .property("file_header_hashes")
      })
    else { return nil }
    return HashForm(algorithm: algorithm)
  }
}

/// How the hashes of an algorithm are written.
private struct HashForm: CustomStringConvertible {
  let digits: Int?

  init?(algorithm: String) {
    switch algorithm.uppercased().filter({ $0 != "-" && $0 != "_" }) {
    case "MD5": digits = 32
    case "SHA1", "RIPEMD160": digits = 40
    case "SHA224", "SHA3224": digits = 56
    case "SHA256", "SHA3256": digits = 64
    case "SHA384", "SHA3384": digits = 96
    case "SHA512", "SHA3512", "WHIRLPOOL": digits = 128
    case "SSDEEP": digits = nil
    default: return nil
    }
  }

  func accepts(_ text: String) -> Bool {
    guard let digits else {
      return (1...148).contains(text.utf8.count)
        && text.utf8.allSatisfy { byte in
          (0x61...0x7A).contains(byte | 0x20) || (0x2B...0x3A).contains(byte)
        }
    }
    return text.utf8.count == digits && text.utf8.allSatisfy(UUIDText.isHex)
  }

  var description: String { digits.map { "\($0) hexadecimal digits" } ?? "block size and two parts with colons" }
}

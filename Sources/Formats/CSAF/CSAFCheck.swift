import JSON

/// Goes through a document once and collects what breaks the tests of section 6.
///
/// The parts stand in extensions: what they share is the table of products. Nothing here relies on the schema having
/// been kept to: what has not the expected form is passed over, since the schema has said so.
struct CSAFCheck {
  let root: JSONValue
  let version: CSAFVersion
  let withAdvice: Bool
  var findings: [Finding] = []
  var products = CSAFProducts()

  static func findings(_ root: JSONValue, version: CSAFVersion, withAdvice: Bool) -> [Finding] {
    guard root.isObject else { return [] }
    var check = CSAFCheck(root: root, version: version, withAdvice: withAdvice)
    check.checkDocument()
    check.checkTree()
    check.checkVulnerabilities()
    check.checkReferencedProducts()
    if withAdvice { check.advise() }
    return check.findings
  }

  var document: JSONValue? { root["document"] }
  var category: String { document?["category"]?.string ?? "" }
  var vulnerabilities: JSONValue.Elements? { root["vulnerabilities"]?.elements }

  /// Adds a finding at a value. Its place is looked for only now, since most documents have no findings.
  mutating func add(_ rule: Rule, at value: JSONValue, _ message: String) {
    // What one mistake repeats thousands of times is told often enough after a hundred.
    guard findings.count < 100 else { return }
    findings.append(rule.finding(at: root.pointer(to: value), message))
  }
}

extension JSONValue {
  /// Where a value of the same document stands, seen from this one.
  func pointer(to target: JSONValue) -> JSONPointer {
    var tokens: [String] = []
    var holder = self
    while holder.index != target.index {
      // The child that begins last, and not after the target, is or holds it.
      var child: (token: String, value: JSONValue)?
      if holder.isObject {
        for (key, value) in holder.members where value.index <= target.index { child = (key, value) }
      } else {
        for (place, value) in holder.elements.enumerated() where value.index <= target.index {
          child = (String(place), value)
        }
      }
      guard let child else { break }
      tokens.append(child.token)
      holder = child.value
    }
    return JSONPointer(tokens: tokens)
  }

  /// The strings of a list; what is none is passed over.
  var strings: [String] { elements.compactMap(\.string) }
}

import Contract
package import JSON

/// What no schema of IODEF can say, for one of its forms.
struct IODEFRules {
  static let xml = IODEFRules(.iodef)
  static let json = IODEFRules(.iodefJSON)

  let timeExists: Rule
  let inOrder: Rule
  let once: Rule
  let extended: Rule
  let address: Rule
  let known: Rule

  private init(_ format: FormatID) {
    func rule(_ name: String, _ severity: Finding.Severity, _ statement: String, _ section: String) -> Rule {
      Rule("\(format)-\(name)", severity, statement, source: "RFC 7970, section \(section)")
    }
    timeExists = rule("time-exists", .error, "A time is one that the calendar has.", "2.7")
    inOrder = rule("times-in-order", .error, "What ends does not end before it starts.", "3.2")
    once = rule("indicator-once", .error, "An indicator has an id of its own in its document.", "3.29.1")
    extended = rule("ext-value", .warning, "A word of one's own stands in the attribute beside ext-value.", "5.1")
    address = rule("address", .warning, "An address has the form of its category.", "3.18.1")
    known = rule("member-unknown", .warning, "A document has no parts that IODEF does not know.", "3")
  }

  var all: [Rule] { [timeExists, inOrder, once, extended, address, known] }

  func findings(_ root: JSONValue) -> [Finding] {
    var walk = IODEFWalk(rules: self)
    walk.visit(root, .document)
    return walk.findings
  }
}

/// The members of a document that IODEF does not know: the topmost ones.
package enum IODEFMembers {
  package static func unknown(in root: JSONValue) -> [JSONPointer] {
    var walk = IODEFWalk(rules: .xml)
    walk.visit(root, .document)
    return walk.unknown
  }
}

/// Goes through a document along the classes.
private struct IODEFWalk {
  private let rules: IODEFRules
  private(set) var findings: [Finding] = []
  private(set) var unknown: [JSONPointer] = []
  private var indicators: Set<String> = []
  /// The way to where the walk is; a pointer is made of it where there is something to say.
  private var path: [String] = []

  init(rules: IODEFRules) { self.rules = rules }

  private var place: JSONPointer { JSONPointer(tokens: path) }

  mutating func visit(_ value: JSONValue, _ made: IODEFClass) {
    guard value.isObject else { return }
    for (name, member) in value.members {
      if path.isEmpty, name == IODEFFromXML.mark || name == IODEFFromXML.faults { continue }
      path.append(name)
      defer { path.removeLast() }
      guard let content = made.member(name) else {
        unknown.append(place)
        findings.append(rules.known.finding(at: place, "IODEF has no part of this name here"))
        continue
      }
      if member.isArray {
        for (index, entry) in member.elements.enumerated() {
          path.append(String(index))
          visit(entry, content)
          path.removeLast()
        }
      } else {
        visit(member, content)
      }
      if member.isString("ext-value"), value["ext-\(name)"] == nil {
        findings.append(rules.extended.finding(at: place, "ext-value, and no ext-\(name) that says which"))
      }
    }
    check(value, made)
  }

  private mutating func visit(_ value: JSONValue, _ content: IODEFClass.Content) {
    switch content {
    case .object(let name): visit(value, .named(name))
    case .words:
      for (name, _) in value.members where !["value", "lang", "translation-id"].contains(name) {
        unknown.append(place.appending(name))
      }
    case .time:
      guard let text = value.string, IODEFTime.moment(text) == nil else { return }
      findings.append(rules.timeExists.finding(at: place, "'\(text.prefix(40))' is no moment that exists"))
    default: break
    }
  }

  private mutating func check(_ value: JSONValue, _ made: IODEFClass) {
    if let end = value["EndTime"]?.string.flatMap(IODEFTime.moment),
      let start = value["StartTime"]?.string.flatMap(IODEFTime.moment), end < start
    {
      findings.append(rules.inOrder.finding(at: place.appending("EndTime"), "it ends before it starts"))
    }
    switch made.name {
    case "Indicator":
      guard let id = value["IndicatorID"] else { return }
      let words = ["name", "id", "version"].map { id[$0]?.string ?? "" }
      guard !indicators.insert(words.joined(separator: "\n")).inserted else { return }
      findings.append(
        rules.once.finding(at: place.appending("IndicatorID"), "\(words[1]) is an indicator of this document already"))
    case "Address":
      guard let text = value["value"]?.string, let category = value["category"]?.string else { return }
      let fits =
        switch category {
        case "ipv4-addr": IPAddress.isV4(text)
        case "ipv6-addr": IPAddress.isV6(text)
        case "ipv4-net", "ipv6-net": IPAddress.isNetwork(text)
        default: true
        }
      if !fits {
        findings.append(rules.address.finding(at: place.appending("value"), "'\(text.prefix(60))' is no \(category)"))
      }
    default: break
    }
  }
}

/// Times of IODEF: with an offset; without one, as drafts of the JSON form had them, in UTC.
package enum IODEFTime {
  package static func moment(_ text: String) -> CSAFMoment? { CSAFMoment(text) ?? CSAFMoment(text + "Z") }
}

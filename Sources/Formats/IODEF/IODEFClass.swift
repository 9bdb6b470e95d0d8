/// A class of IODEF: what it has, and how that looks in XML and in JSON.
package struct IODEFClass: Sendable {
  package struct Attribute: Sendable {
    package var name: String
    package var isWhole: Bool
  }

  package enum Content: Sendable, Equatable {
    /// An element of this class.
    case object(String)
    /// A text, perhaps in some language.
    case words
    case text, time, integer, number
    /// An element of another namespace, which JSON has as base64.
    case raw
    /// The name of an algorithm, which XML has in an attribute.
    case digest
    /// The id of an observable, which XML has in an attribute of an element.
    case reference
    /// A list of texts, which XML has as lines.
    case lines
  }

  package struct Element: Sendable {
    package var name: String
    package var content: Content
    package var isList: Bool
    /// The element that holds it in XML, and that JSON leaves out.
    package var holder: String?
  }

  package var name: String
  package var attributes: [Attribute] = []
  /// What JSON calls the text of the element, and whether that is a number.
  package var text: (name: String, isNumber: Bool)?
  package var elements: [Element] = []

  package static let document = named("IODEF-Document")

  package static func named(_ name: String) -> IODEFClass { all[name] ?? IODEFClass(name: name) }

  /// What a member of JSON is; nil where the class has none of that name. Names of earlier drafts count.
  package func member(_ name: String) -> Content? {
    if let element = elements.first(where: { $0.name == name }) { return element.content }
    if attributes.contains(where: { $0.name == name }) || text?.name == name { return .text }
    return Self.earlier[self.name + " " + name]
  }

  /// Names that drafts of the JSON form had.
  private static let earlier: [String: Content] = [
    "DomainData NameServers": .object("Nameservers"), "Structured specID": .text, "Structured contentID": .text,
    "Structured URL": .text, "AlternativeIndicatorID IndicatorReference": .object("IndicatorReference"),
  ]

  private static let all: [String: IODEFClass] = {
    var classes: [String: IODEFClass] = [:]
    for line in IODEFClasses.table.split(separator: "\n") {
      let parts = line.split(separator: " ")
      var made = IODEFClass(name: String(parts[0]))
      for part in parts.dropFirst() {
        switch part.first {
        case "@":
          let ends = part.dropFirst().split(separator: "=")
          made.attributes.append(
            Attribute(name: String(ends[0].filter { $0 != "!" }), isWhole: ends.count > 1 && ends[1] == "integer"))
        case "#":
          let ends = part.dropFirst().split(separator: ":")
          made.text = (String(ends[0]), ends.count > 1 && ends[1] == "number")
        default: made.elements.append(element(part))
        }
      }
      classes[made.name] = made
    }
    return classes
  }()

  private static func element(_ part: Substring) -> Element {
    let held = part.split(separator: "/")
    let typed = held[0].split(separator: ":")
    let isList = typed[0].hasSuffix("*") || typed[0].hasSuffix("+")
    let name = String(isList || typed[0].hasSuffix("?") ? typed[0].dropLast() : typed[0])
    let content: Content =
      switch typed.count > 1 ? String(typed[1]) : name {
      case "ml": .words
      case "text": .text
      case "time": .time
      case "integer": .integer
      case "number": .number
      case "raw": .raw
      case "digest": .digest
      case "reference": .reference
      case "lines": .lines
      case let other: .object(other)
      }
    return Element(name: name, content: content, isList: isList, holder: held.count > 1 ? String(held[1]) : nil)
  }
}

package import Contract
package import JSON

/// Outputs for tools and people: written, checked, and never taken.
protocol OutputFormat: Format {
  /// What is wrong with a text.
  static func faults(_ document: JSONValue) -> [String]
}

extension OutputFormat {
  package var markings: Place { .objects("as the format says") }
  package var obligations: Place { .envelope(HeaderKeys.obligations) }
  package var rules: [Rule] { [Self.form(id)] }

  package func findings(_ document: JSONDocument) -> [Finding] {
    Self.faults(document.root).map { Self.form(id).finding(at: .root, $0) }
  }

  package func kind(of document: JSONDocument) -> MessageKind? { .indicators }

  private static func form(_ id: FormatID) -> Rule {
    Rule("\(id)-form", .error, "What is written has the form of its format.", source: "domain reference, section 8")
  }
}

/// Lines of the Common Event Format.
package struct CEFFormat: OutputFormat {
  package let id = FormatID.cef
  package let title = "CEF"
  package let versions = ["0"]
  package let mediaTypes: [String] = []
  package let door = Door.text

  package init() {}

  package func recognises(_ root: JSONValue) -> String? { root[TextDoor.mark]?.isString("cef") ?? false ? "0" : nil }

  static func faults(_ document: JSONValue) -> [String] {
    let lines = (document["text"]?.string ?? "").split(separator: "\n", omittingEmptySubsequences: true)
    return lines.enumerated().compactMap { number, line in
      var fields = 0
      var isEscaped = false
      for character in line {
        if character == "|", !isEscaped { fields += 1 }
        isEscaped = character == "\\" && !isEscaped
      }
      guard line.hasPrefix("CEF:0|"), fields >= 7 else {
        return "line \(number + 1) has not seven fields before its list"
      }
      return nil
    }
  }
}

/// A table of values.
package struct CSVFormat: OutputFormat {
  package let id = FormatID.csv
  package let title = "CSV"
  package let versions = ["1"]
  package let mediaTypes: [String] = []
  package let door = Door.text

  /// The columns.
  package static let header = [
    "type", "value", "tlp", "kind", "name", "confidence", "from", "until", "count", "source", "id",
  ]

  package init() {}

  package func recognises(_ root: JSONValue) -> String? { root[TextDoor.mark]?.isString("csv") ?? false ? "1" : nil }

  static func faults(_ document: JSONValue) -> [String] {
    let rows = CSVText.rows(document["text"]?.string ?? "")
    return rows.enumerated().compactMap { number, row in
      row.cells.count == header.count ? nil : "row \(number + 1) has \(row.cells.count) cells, and not \(header.count)"
    }
  }
}

/// A brief for people, in Markdown.
package struct BriefFormat: OutputFormat {
  package let id = FormatID.brief
  package let title = "Brief"
  package let versions = ["1"]
  package let mediaTypes = ["text/markdown"]
  package let door = Door.text

  package init() {}

  package func recognises(_ root: JSONValue) -> String? { root[TextDoor.mark]?.isString("brief") ?? false ? "1" : nil }
  package func kind(of document: JSONDocument) -> MessageKind? { .bundle }

  /// Each page begins with the label of the first.
  static func faults(_ document: JSONValue) -> [String] {
    let text = document["text"]?.string ?? ""
    let pages = text.split(separator: "\n---\n\n", omittingEmptySubsequences: false)
    let label = pages.first?.prefix { $0 != "·" } ?? ""
    return pages.enumerated().compactMap { number, page in
      page.hasPrefix(label) && page.hasPrefix("> **TLP:") ? nil : "page \(number + 1) does not begin with its label"
    }
  }
}

/// Documents of the Elastic Common Schema.
package struct ECSFormat: OutputFormat {
  package let id = FormatID.ecs
  package let title = "ECS"
  package let versions = ["8"]
  package let mediaTypes: [String] = []

  package init() {}

  package func recognises(_ root: JSONValue) -> String? {
    let first = root.isArray ? root[0] : root
    return first?["@timestamp"] != nil && first?["ecs"] != nil ? "8" : nil
  }

  static func faults(_ document: JSONValue) -> [String] {
    OutputObjects.faults(document) { object in
      guard let indicator = object["threat"]?["indicator"], object["event"]?["kind"]?.string != nil else {
        return "it has no event/kind, or no threat/indicator"
      }
      let labels: Set<String> = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
      guard indicator["type"]?.string != nil, labels.contains(indicator["marking"]?["tlp"]?.string ?? "") else {
        return "the indicator has no type, or no label"
      }
      return nil
    }
  }
}

/// Findings of the Open Cybersecurity Schema Framework.
package struct OCSFFormat: OutputFormat {
  package let id = FormatID.ocsf
  package let title = "OCSF"
  package let versions = ["1"]
  package let mediaTypes: [String] = []

  package init() {}

  package func recognises(_ root: JSONValue) -> String? {
    let first = root.isArray ? root[0] : root
    return first?["class_uid"] != nil && first?["metadata"] != nil ? "1" : nil
  }

  static func faults(_ document: JSONValue) -> [String] {
    OutputObjects.faults(document) { object in
      for name in ["activity_id", "category_uid", "class_uid", "severity_id", "time", "type_uid"]
      where object[name]?.integer == nil { return "\(name) is missing" }
      let (activity, kind) = (object["activity_id"]?.integer ?? 0, object["class_uid"]?.integer ?? 0)
      guard object["type_uid"]?.integer == kind * 100 + activity, object["category_uid"]?.integer == kind / 1000 else {
        return "category, class, activity and type do not fit each other"
      }
      let labels: Set<String> = ["CLEAR", "GREEN", "AMBER", "AMBER STRICT", "RED"]
      guard let osint = object["osint"]?[0], osint["value"]?.string != nil, osint["type_id"]?.integer != nil,
        labels.contains(osint["tlp"]?.string ?? "")
      else { return "osint has no value, type or label" }
      guard object["finding_info"]?["uid"]?.string != nil else { return "finding_info/uid is missing" }
      return nil
    }
  }
}

/// One object, or several in a list.
enum OutputObjects {
  static func faults(_ root: JSONValue, _ fault: (JSONValue) -> String?) -> [String] {
    let objects = root.isArray ? root.elements.map { $0 } : [root]
    return objects.enumerated().compactMap { number, object in fault(object).map { "object \(number + 1): \($0)" } }
  }
}

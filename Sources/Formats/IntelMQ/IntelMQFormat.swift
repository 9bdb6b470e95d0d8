package import Contract
package import JSON

/// Events of IntelMQ: one flat object, or several in a list or on lines.
package struct IntelMQFormat: BatchFormat {
  package let id = FormatID.intelmq
  package let title = "IntelMQ"
  package let versions = ["3"]
  package let mediaTypes: [String] = []
  package let markings = Place.objects("the field tlp of each event")
  package let obligations = Place.envelope(HeaderKeys.obligations)
  package var rules: [Rule] { IntelMQRules.all }

  package init() {}

  /// A report holds raw data that no parser has seen yet, and nested objects come from an option of IntelMQ's bots that
  /// has to be off: both are known, and not taken.
  package func recognises(_ root: JSONValue) -> String? {
    let event = root.isArray ? root[0] : root
    guard let event, event.isObject else { return nil }
    if event["__type"]?.isString("Report") ?? false { return "report" }
    if event["classification"]?["type"] != nil, event["feed"]?.isObject ?? event["source"]?.isObject ?? false {
      return "hierarchical"
    }
    let isEvent = event["classification.type"] != nil || event["__type"]?.isString("Event") ?? false
    return isEvent || event["feed.name"] != nil && event["time.observation"] != nil ? "3" : nil
  }

  package func findings(_ document: JSONDocument) -> [Finding] {
    EventList.findings(document.root, Self.schemas, IntelMQRules.findings)
  }

  package func errors(item: JSONValue, at place: JSONPointer) -> [Finding] {
    EventList.errors(item, place, Self.schemas, IntelMQRules.findings)
  }

  package func kind(of document: JSONDocument) -> MessageKind? { .event }

  private static let schemas = SchemaSet("intelmq/1")
}

/// Events alone or in a list.
enum EventList {
  static func findings(
    _ root: JSONValue, _ schemas: SchemaSet, _ rules: (JSONValue, JSONPointer) -> [Finding]
  ) -> [Finding] {
    guard root.isArray else { return schemas.findings("event", in: root) + rules(root, .root) }
    var found: [Finding] = []
    var errors = 0
    var warnings = 0
    for (place, event) in root.elements.enumerated() {
      // A thousand reasons say no more than a hundred, and warnings hide no error.
      guard errors < 100 else { break }
      let pointer = JSONPointer(tokens: [String(place)])
      for finding in schemas.findings("event", in: event, at: pointer) + rules(event, pointer) {
        if finding.severity == .error { errors += 1 } else { warnings += 1 }
        if finding.severity == .error || warnings <= 100 { found.append(finding) }
      }
    }
    return found
  }

  static func errors(
    _ event: JSONValue, _ place: JSONPointer, _ schemas: SchemaSet, _ rules: (JSONValue, JSONPointer) -> [Finding]
  ) -> [Finding] {
    schemas.findings("event", in: event, at: place) + rules(event, place).filter { $0.severity == .error }
  }
}

import Contract
package import JSON

/// A report to a regulator in a template of our own: what all of them have in common.
package protocol ReportFormat: Format {}

extension ReportFormat {
  package var mediaTypes: [String] { ["application/\(id.slug)+json"] }
  package var markings: Place { .document("the member tlp, and tlp of each indicator") }
  package var obligations: Place { .envelope(HeaderKeys.obligations) }

  package func recognises(_ root: JSONValue) -> String? {
    guard root["format"]?.string == id.slug else { return nil }
    return root["version"]?.string ?? "without a version"
  }
}

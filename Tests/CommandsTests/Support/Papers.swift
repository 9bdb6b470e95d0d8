import JSON

/// Documents that tests publish.
enum Papers {
  /// A STIX bundle of an identity and an indicator, both under a label.
  static func bundle(name: String = "Command server", marking: String = TLPIDs.green) -> String {
    """
    {
      "type": "bundle",
      "id": "bundle--0a1f6f1e-5f0b-4c8a-9c1e-0d4a4f0e9a01",
      "objects": [
        {
          "type": "identity",
          "spec_version": "2.1",
          "id": "identity--1d3a6a2e-9f60-4e6f-8a55-0b8f7d1f2c11",
          "created": "2026-11-20T08:00:00.000Z",
          "modified": "2026-11-20T08:00:00.000Z",
          "name": "Alpha",
          "identity_class": "organization",
          "object_marking_refs": ["\(marking)"]
        },
        {
          "type": "indicator",
          "spec_version": "2.1",
          "id": "indicator--5f0c6a5e-7d8d-4a40-9b7d-3a4f1b6f9d21",
          "created_by_ref": "identity--1d3a6a2e-9f60-4e6f-8a55-0b8f7d1f2c11",
          "created": "2026-11-20T08:00:00.000Z",
          "modified": "2026-11-21T08:00:00.000Z",
          "name": "\(name)",
          "description": "Seen in an attack on a power grid.",
          "indicator_types": ["malicious-activity"],
          "pattern": "[ipv4-addr:value = '203.0.113.9']",
          "pattern_type": "stix",
          "valid_from": "2026-11-20T08:00:00Z",
          "object_marking_refs": ["\(marking)"]
        }
      ]
    }
    """
  }

  /// The same with an indicator that lacks its pattern type.
  static var invalidBundle: String {
    lines(of: bundle()).filter { !$0.contains("pattern_type") }.joined(separator: "\n")
  }

  static func lines(of text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The text on one line.
  static func flat(_ text: String) throws -> String {
    var writer = JSONWriter()
    writer.value(try JSONDocument(Array(text.utf8)).root)
    return writer.text
  }

  /// Ids of marking definitions.
  enum TLPIDs {
    static let green = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
    static let red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
  }
}

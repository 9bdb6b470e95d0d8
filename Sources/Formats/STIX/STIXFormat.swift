package import Contract
package import JSON
import STIX

/// STIX 2.1: a bundle, or a single object.
package struct STIXFormat: Format {
  package let id = FormatID.stix
  package let title = "STIX"
  package let versions = ["2.1"]
  package let mediaTypes = ["application/stix+json", "application/vnd.oasis.stix+json"]
  package let markings = Place.objects("object_marking_refs and granular_markings")
  package let obligations = Place.envelope(HeaderKeys.obligations)
  package let rules: [Rule] = []

  package init() {}

  /// A bundle, or an object with a type and an id or version of STIX. The version is the one that the bundle states
  /// (only STIX 2.0 has it there), or that any object states.
  package func recognises(_ root: JSONValue) -> String? {
    guard let type = root["type"]?.string, TypeName.isValid(type) else { return nil }
    if type == "bundle" {
      guard root["objects"] != nil || root["id"]?.string?.hasPrefix("bundle--") ?? false else { return nil }
      let stated = root["spec_version"]?.string ?? root["objects"]?.elements.lazy.compactMap { Self.version($0) }.first
      return stated ?? "2.1"
    }
    guard root["id"]?.string?.hasPrefix(type + "--") ?? false || root["spec_version"] != nil else { return nil }
    return Self.version(root) ?? "2.1"
  }

  package func findings(_ document: JSONDocument) -> [Finding] {
    []
  }

  package func kind(of document: JSONDocument) -> MessageKind? { STIXKind.kind(of: document.root) }

  private static func version(_ object: JSONValue) -> String? { object["spec_version"]?.string }
}

import Contract
import JSON
import STIX

/// Our property extension for what a format says and STIX has no property for, under the format's own names.
///
/// What stands here goes back where it came from when the format is written again. What STIX has a property for stands
/// in that property alone, so that a redaction finds it; products and addresses are named by reference.
enum NativeExtension {
  static let id = "extension-definition--b1f0c9d4-73c5-4c0e-8a55-2f6f6f0d9e37"
  /// The same as a name that needs no text.
  private static let key: StaticString = "extension-definition--b1f0c9d4-73c5-4c0e-8a55-2f6f6f0d9e37"

  /// What an object keeps for a format; nil where it keeps nothing.
  static func on(_ object: JSONValue, _ format: FormatID) -> JSONValue? {
    guard let kept = object["extensions"]?[key], kept["format"]?.isString(format.slug) ?? false else { return nil }
    return kept
  }

  static func write(
    _ format: FormatID, _ kind: String, to object: inout JSONWriter, _ body: (inout JSONWriter) -> Void
  ) {
    object.member("extensions") { extensions in
      extensions.object { extensions in
        extensions.member(key) { kept in
          kept.object { kept in
            kept.member("extension_type", "property-extension")
            kept.member("format", format.slug)
            kept.member("kind", kind)
            body(&kept)
          }
        }
      }
    }
  }
}

extension STIXObject {
  /// What it keeps for a format, where it stands for a thing of that kind.
  func kept(_ format: FormatID, _ kind: String) -> JSONValue? {
    guard let kept = NativeExtension.on(value, format), kept["kind"]?.isString(kind) ?? false else { return nil }
    return kept
  }
}

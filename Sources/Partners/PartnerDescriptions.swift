package import Contract

/// The formats of an exchange's partners that its configuration describes.
package struct PartnerDescriptions: Sendable {
  package var mappings: [FormatID: Mapping] = [:]
  package var converters: [FormatID: Converter] = [:]
  /// Where the scripts of the converters lie.
  package var scripts = ""

  package init() {}

  package var isEmpty: Bool { mappings.isEmpty && converters.isEmpty }

  /// The formats that it describes.
  package var formats: [FormatID] { (Array(mappings.keys) + Array(converters.keys)).sorted() }

  /// Whether messages can be written in one of its formats.
  package func isWritten(_ format: FormatID) -> Bool {
    if let mapping = mappings[format] { return mapping.isWritten }
    return converters[format]?.writes ?? false
  }

  /// Whether messages in one of its formats can be read.
  package func isRead(_ format: FormatID) -> Bool { mappings[format] != nil || converters[format]?.reads ?? false }
}

extension Mapping {
  /// Repeated groups can be read and not put together again.
  package var isWritten: Bool { objects.allSatisfy { $0.each == nil } }
}

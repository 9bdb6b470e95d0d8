package import Contract
package import Partners

/// The adapters that there are.
package enum AdapterCatalogue {
  /// One line per format.
  package static let all: [any Adapter] = [
    STIXAdapter(),
    MISPAdapter(),
    NIS2Adapter(),
    CRAAdapter(),
    CIRCIAAdapter(),
    CSAFAdapter(),
    KEVAdapter(),
    IntelMQAdapter(),
    N6Adapter(),
    IODEFAdapter(),
    IODEFJSONAdapter(),
    CEFAdapter(),
    CSVAdapter(),
    ECSAdapter(),
    OCSFAdapter(),
    BriefAdapter(),
    STIX20Adapter(),
  ]

  /// The adapter of a format, or nil where there is none: our own receipts are not translated.
  package static func adapter(for format: FormatID) -> (any Adapter)? { all.first { $0.format == format } }
}

/// The adapters of one exchange: those of the catalogue, and those that its configuration describes.
package struct ExchangeAdapters: Sendable {
  private let descriptions: PartnerDescriptions

  package init(_ descriptions: PartnerDescriptions) { self.descriptions = descriptions }

  package var all: [any Adapter] { AdapterCatalogue.all + descriptions.formats.compactMap { adapter(for: $0) } }

  package func adapter(for format: FormatID) -> (any Adapter)? {
    if let mapping = descriptions.mappings[format] { return MappingAdapter(mapping) }
    if let converter = descriptions.converters[format] {
      return ConverterAdapter(converter, scripts: descriptions.scripts)
    }
    return AdapterCatalogue.adapter(for: format)
  }
}

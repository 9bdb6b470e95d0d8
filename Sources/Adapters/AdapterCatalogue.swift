package import Contract

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
  ]

  /// The adapter of a format, or nil where there is none: our own receipts are not translated.
  package static func adapter(for format: FormatID) -> (any Adapter)? { all.first { $0.format == format } }
}

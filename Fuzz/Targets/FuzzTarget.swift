import Contract

/// What is given arbitrary bytes: whatever they are, it must end, keep to its memory, and hold what it promises.
package enum FuzzTarget: String, Sendable, CaseIterable {
  case amqp, json, schema, pattern
  /// Readers of formats.
  case misp, nis2, cra, circia, stix, csaf, kev, intelmq, n6
  case iodefJSON = "iodef-json"
  /// IODEF in XML, from its bytes.
  case iodef
  case stix20
  /// Descriptions of partners' formats.
  case mapping
  /// Partners' texts, by fixed mappings.
  case partner
  /// Answers of converters' programs.
  case converter

  /// Ends the process where a promise is broken.
  package func run(_ bytes: [UInt8]) {
    switch self {
    case .amqp: FuzzAMQP.run(bytes)
    case .json: FuzzJSON.run(bytes)
    case .schema: FuzzSchema.run(bytes)
    case .pattern: FuzzPattern.run(bytes)
    case .misp: FuzzReader.run(bytes, .misp)
    case .nis2: FuzzReader.run(bytes, .nis2)
    case .cra: FuzzReader.run(bytes, .cra)
    case .circia: FuzzReader.run(bytes, .circia)
    case .stix: FuzzReader.run(bytes, .stix)
    case .csaf: FuzzReader.run(bytes, .csaf)
    case .kev: FuzzReader.run(bytes, .kev)
    case .intelmq: FuzzReader.run(bytes, .intelmq)
    case .n6: FuzzReader.run(bytes, .n6)
    case .iodefJSON: FuzzReader.run(bytes, .iodefJSON)
    case .iodef: FuzzXML.run(bytes)
    case .stix20: FuzzReader.run(bytes, .stix20)
    case .mapping: FuzzMapping.run(bytes)
    case .partner: FuzzPartner.run(bytes)
    case .converter: FuzzConverter.run(bytes)
    }
  }
}

/// A promise; broken, it ends the process in release builds too.
func promise(_ holds: Bool, _ what: String) {
  if !holds { fatalError("broken: \(what)") }
}

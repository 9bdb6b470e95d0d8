import Contract
import JSON
import Partners

/// The pages of a configuration that describe partners' formats: `mappings/*.yaml` and `converters/*.yaml`.
struct PartnerPages {
  private(set) var descriptions = PartnerDescriptions()
  private(set) var findings: [ConfigurationFinding] = []
  /// What has a page, whatever is wrong with it.
  private var slugs: Set<String> = []
  /// Whether a page could not be used: then nobody is told that its format does not exist.
  private var isWhole = true

  init(scripts: String) { descriptions.scripts = scripts }

  /// Takes a page of its own; false for one of another folder.
  mutating func take(_ file: ConfigurationFile) -> Bool {
    switch file.name.split(separator: "/").first {
    case "mappings":
      do throws(Mapping.Faults) {
        let mapping = try Mapping(file.root)
        if accept(mapping.format, file, "mapping") { descriptions.mappings[mapping.format] = mapping }
      } catch {
        refuse(error.list, file)
      }
    case "converters":
      do throws(Converter.Faults) {
        let converter = try Converter(file.root)
        if accept(converter.format, file, "converter") { descriptions.converters[converter.format] = converter }
      } catch {
        refuse(error.list, file)
      }
    default: return false
    }
    return true
  }

  private mutating func refuse(_ faults: [Mapping.Fault], _ file: ConfigurationFile) {
    isWhole = false
    findings += faults.map { fault in
      let place = fault.place.tokens.isEmpty ? "" : "\(fault.place): "
      return ConfigurationFinding(file: file.name, line: file.yaml.line(fault.place), message: place + fault.message)
    }
  }

  /// Whether the name of a format is its page's, and nobody else's.
  private mutating func accept(_ format: FormatID, _ file: ConfigurationFile, _ word: String) -> Bool {
    if format.slug != file.slug {
      findings.append(
        file.finding(word, "found the format \(format); by the file's name it is \"\(file.slug)\""))
    } else if FormatID.builtIn.contains(format) {
      findings.append(file.finding(word, "\(format) is a format that every exchange has; give this one another name"))
    } else if !slugs.insert(format.slug).inserted {
      findings.append(file.finding(word, "\(format) is described a second time"))
    } else {
      return true
    }
    isWhole = false
    return false
  }

  /// Formats that an agency names and that there are not, or that cannot be written for it or read from it.
  func findings(_ agency: Agency, _ file: ConfigurationFile) -> [ConfigurationFinding] {
    guard isWhole else { return [] }
    let ours = Set(descriptions.formats)
    func unknown(_ format: FormatID) -> String? {
      guard !ours.contains(format), !FormatID.builtIn.contains(format) else { return nil }
      return "found the format \"\(format)\", which no page in mappings or converters describes"
    }
    var findings: [ConfigurationFinding] = []
    for (place, format) in agency.sends.enumerated() {
      if let message = unknown(format) { findings.append(file.finding("sends/\(place)", message)) }
      if ours.contains(format), !descriptions.isRead(format) {
        findings.append(file.finding("sends/\(place)", "messages in \(format) cannot be read: it is written only"))
      }
    }
    for (place, line) in agency.accepts.enumerated() {
      let format = line.format
      if let message = unknown(format) { findings.append(file.finding("accepts/\(place)/format", message)) }
      if ours.contains(format) && !descriptions.isWritten(format) || format == .stix20 {
        findings.append(
          file.finding("accepts/\(place)/format", "messages cannot be written in \(format): it is read only"))
      }
    }
    return findings
  }
}

package import Contract
import Formats
package import JSON
package import STIX

/// A brief for people, in Markdown: what a bundle says in plain words, with its label at the head of every page.
///
/// Values are written so that nobody follows them by mistake: `hxxps://c2[.]example`.
package struct BriefAdapter: Adapter {
  package let format = FormatID.brief
  package let abilities: Set<AdapterAbility> = [.write]
  package var naturalLosses: [NaturalLoss] {
    [
      NativeLosses.markings(Self.markings),
      NaturalLoss(.meaning, "what objects say beside names, texts, times and values", why: Self.details),
    ]
  }

  static let markings = "a brief carries TLP and nothing else"
  static let details = "a brief tells the main things in words"

  package init() {}

  package func read(_ document: JSONDocument, origin: Origin) throws(AdapterFailure) -> Translation<STIXBundle> {
    throw AdapterFailure(.cannotRead, "a brief is written for people, and read by nobody here")
  }

  package func prune(
    _ document: JSONDocument, bundle: STIXBundle, keeping: [Int], replacing: [JSONPointer: Replacement]
  ) throws(AdapterFailure) -> Translation<[UInt8]> {
    throw AdapterFailure(.cannotPrune, "a brief is written for people, and read by nobody here")
  }

  package func write(_ bundle: STIXBundle, terms: OutgoingTerms) throws(AdapterFailure) -> Translation<[UInt8]> {
    guard bundle.objects.contains(where: { !$0.isDefinition }) else {
      throw AdapterFailure(.cannotWrite, "nothing of the message is left to be told")
    }
    var account = LossAccount(bundle)
    for object in bundle.objects where !object.isDefinition {
      account.loseProperties(
        of: object, carried: ["name", "description", "pattern", "valid_from", "created_by_ref"], why: Self.details)
    }
    account.loseOtherMarkings(bundle, why: Self.markings)
    let brief = BriefWriting(bundle: bundle, terms: terms)
    return Translation(brief.text(), losses: account.losses)
  }
}

private struct BriefWriting {
  let bundle: STIXBundle
  let terms: OutgoingTerms

  /// How many lines stand on a page under its head.
  private static let linesOfPage = 48

  func text() -> [UInt8] {
    let label = bundle.label(terms).label
    let frame = bundle.objects.first { $0.type == "incident" } ?? bundle.objects.first { $0.type == "report" }
    let title = frame?.name ?? "Threat information"
    let lines = self.lines(title)
    let pages = stride(from: 0, to: lines.count, by: Self.linesOfPage).map { start in
      lines[start..<min(start + Self.linesOfPage, lines.count)]
    }
    var text = ""
    for (number, page) in pages.enumerated() {
      if number > 0 { text += "\n---\n\n" }
      text += "> **\(label)** · page \(number + 1) of \(pages.count)\n\n" + page.joined(separator: "\n") + "\n"
    }
    return Array(text.utf8)
  }

  private func lines(_ title: String) -> [String] {
    var lines = ["# \(Self.plain(title))", ""]
    lines.append(
      "From \(terms.sender?.slug ?? "a partner"), \(Timestamp(terms.acceptedAt).description.prefix(16)) UTC.")
    for obligation in terms.obligations {
      lines.append("To be kept: \(Self.plain(obligation.name)) is \(Self.plain(obligation.value)).")
    }
    let sections: [(String, Set<String>)] = [
      ("What happened", ["incident", "report", "grouping", "note", "opinion", "observed-data", "sighting"]),
      ("What to look for", ["indicator"]),
      ("Weaknesses", ["vulnerability"]),
      (
        "Who and how",
        ["malware", "threat-actor", "intrusion-set", "campaign", "attack-pattern", "tool", "infrastructure"]
      ),
      ("What to do", ["course-of-action"]),
      ("Named here", ["identity", "location", "software"]),
    ]
    var told: Set<Int> = []
    for (heading, types) in sections {
      let objects = bundle.objects.filter { types.contains($0.type) }
      guard !objects.isEmpty else { continue }
      lines += ["", "## \(heading)", ""]
      for object in objects {
        told.insert(object.index)
        lines += tell(object)
      }
    }
    let rest = bundle.objects.filter { !told.contains($0.index) && !$0.isDefinition && $0.type != "relationship" }
    if !rest.isEmpty {
      lines += ["", "## Also", ""]
      for object in rest { lines += tell(object) }
    }
    return lines
  }

  private func tell(_ object: STIXObject) -> [String] {
    let type = object.type.split(separator: "-").joined(separator: " ")
    let value = object.value["value"]?.string ?? object.value["pattern"]?.string
    let name = object.name.map { Self.plain($0) } ?? value.map { Self.harmless($0) } ?? type
    var words = "- \(bundle.label(of: object, terms).label) \(type): \(name)"
    if object.type == "indicator", let value { words += " (\(Self.harmless(value)))" }
    if object.type == "observed-data", let time = object.value["first_observed"]?.string {
      words += ", seen from \(Self.plain(time))"
    }
    if let time = object.value["valid_from"]?.string { words += ", from \(Self.plain(time))" }
    var lines = [words]
    for line in (object.text ?? "").split(whereSeparator: \.isNewline).prefix(20) {
      lines.append("  \(Self.plain(String(line)))")
    }
    return lines
  }

  /// Text that means nothing to Markdown or HTML, and stands on one line.
  private static func plain(_ text: String) -> String {
    var plain = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "#", "|", "~", "!": plain += "\\" + String(scalar)
      case "<": plain += "&lt;"
      case ">": plain += "&gt;"
      case "&": plain += "&amp;"
      case _ where scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}":
        plain += " "
      default: plain.unicodeScalars.append(scalar)
      }
    }
    return harmlessScheme(plain)
  }

  /// As code, with dots and schemes that lead nowhere.
  private static func harmless(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case ".": text += "[.]"
      case "`": text += "'"
      case _ where scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}":
        text += " "
      default: text.unicodeScalars.append(scalar)
      }
    }
    return "`\(harmlessScheme(text))`"
  }

  private static func harmlessScheme(_ text: String) -> String {
    text.split(separator: "http", omittingEmptySubsequences: false).joined(separator: "hxxp")
  }
}

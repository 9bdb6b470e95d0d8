import Adapters
import Contract
package import Formats
package import Partners

/// The formats of this exchange, and what can be done with each.
package enum FormatTable {
  package static func lines(
    width: Int = PlainText.width, partners: PartnerDescriptions = PartnerDescriptions()
  ) -> [String] {
    let formats = ExchangeFormats(partners)
    let adapters = ExchangeAdapters(partners)
    var table = TextTable([
      .init("format"), .init("name"), .init("versions"), .init("read"), .init("write"), .init("reduce"), .init(""),
    ])
    for format in formats.all {
      let abilities = adapters.adapter(for: format.id)?.abilities ?? []
      func mark(_ ability: AdapterAbility) -> String { abilities.contains(ability) ? "yes" : "-" }
      table.rows.append([
        format.id.slug, format.title, format.versions.joined(separator: ", "), mark(.read), mark(.write), mark(.prune),
      ])
    }
    var lines = table.lines(width: width)
    for format in formats.all {
      lines += ["", "\(format.title) (\(format.id))"]
      lines += format.markings.description.under("  markings     ", width: width)
      lines += format.obligations.description.under("  obligations  ", width: width)
      let types = (format.mediaTypes + ["application/json"]).joined(separator: ", ")
      lines += types.under("  content type ", width: width)
      for loss in adapters.adapter(for: format.id)?.naturalLosses ?? [] {
        let source = loss.from.map { "from \($0.slug): " } ?? ""
        lines += "\(source)\(loss.what) (\(loss.severity.rawValue))".under("  loses        ", width: width)
      }
      let rules = format.rules.count
      if rules > 0 { lines.append("  rules        \(rules) beyond the schema: entente formats --rules \(format.id)") }
    }
    return lines
  }

  /// The rules of one format beyond its schema.
  package static func ruleLines(_ format: any Format, width: Int = PlainText.width) -> [String] {
    guard !format.rules.isEmpty else { return ["\(format.title) has no rules beyond its schema."] }
    var lines: [String] = []
    for rule in format.rules {
      if !lines.isEmpty { lines.append("") }
      lines.append("\(rule.id)  (\(rule.severity.rawValue))")
      lines += rule.statement.under("  ", width: width)
      lines += rule.source.under("  source: ", width: width)
    }
    return lines + ["", "\(PlainText.count(format.rules.count, "rule"))."]
  }
}

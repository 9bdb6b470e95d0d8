import ArgumentParser
import Glibc
import Partners
import Sharing

/// The configuration whose partners' formats are known too: for commands that need none.
struct PartnerOption: ParsableArguments {
  @Option(help: "A configuration folder, whose mappings and converters are formats too (default: ENTENTE_CONFIG).")
  var config: String?

  func load() throws -> PartnerDescriptions {
    var folder = config
    if folder == nil, let value = getenv("ENTENTE_CONFIG"), value.pointee != 0 { folder = String(cString: value) }
    guard let folder else { return PartnerDescriptions() }
    do {
      return try Configuration.load(folder: folder).partners
    } catch {
      throw Answer.unusable("\(error)")
    }
  }
}

/// The meta-schemas of the drafts, so that schemas can refer to them.
enum MetaSchemas {
  /// Those of the draft to which a URI belongs; none when it is of no draft.
  static func texts(for base: String) -> [String] {
    guard let draft = Draft.allCases.first(where: { base.hasPrefix($0.site) }) else { return [] }
    return switch draft {
    case .draft7: draft7
    case .draft2019: draft2019
    case .draft2020: draft2020
    }
  }
}

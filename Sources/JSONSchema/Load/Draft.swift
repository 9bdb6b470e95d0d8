/// The drafts of JSON Schema that are spoken here.
package enum Draft: String, Sendable, CaseIterable {
  case draft7 = "draft-07"
  case draft2019 = "2019-09"
  case draft2020 = "2020-12"

  /// The URI that `$schema` uses, without its empty fragment.
  var metaSchema: String { site + (self == .draft7 ? "" : "schema") }

  /// What the URIs of the draft's meta-schemas begin with.
  var site: String {
    switch self {
    case .draft7: "http://json-schema.org/draft-07/schema"
    case .draft2019: "https://json-schema.org/draft/2019-09/"
    case .draft2020: "https://json-schema.org/draft/2020-12/"
    }
  }

  /// The vocabularies of the draft's own meta-schema.
  var vocabularies: Vocabularies { .standard }

  /// The keywords by name.
  var keywords: [String: Keyword] {
    switch self {
    case .draft7: Keyword.draft7
    case .draft2019: Keyword.draft2019
    case .draft2020: Keyword.draft2020
    }
  }
}

/// A draft with the vocabularies that a meta-schema chooses from it.
struct Dialect: Sendable {
  var draft: Draft
  var vocabularies: Vocabularies
}

package import Adapters
import Contract
package import Formats
package import Sharing

extension Configuration {
  /// The formats of the exchange.
  package var formats: ExchangeFormats { ExchangeFormats(partners) }
  /// What reads and writes them.
  package var adapters: ExchangeAdapters { ExchangeAdapters(partners) }

  /// Makes ready what judging takes of whatever its agencies send and get. A hub that ends while it takes up its first
  /// message shall have ended of that message, and not of the second that schemas may take.
  func prepareFormats() {
    let named = agencies.values.flatMap { $0.sends + $0.accepts.map(\.format) }
    FormatCatalogue.prepare(Set(named + [.stix]))
  }
}

package import Adapters
package import Formats
package import Sharing

extension Configuration {
  /// The formats of the exchange.
  package var formats: ExchangeFormats { ExchangeFormats(partners) }
  /// What reads and writes them.
  package var adapters: ExchangeAdapters { ExchangeAdapters(partners) }
}

import AMQP
import AgencyClient
import Contract
import Crypto
import Synchronization

/// What reached the agencies: everything that came out of an inbox or a queue of receipts, repeats too.
final class Witness: Sendable {
  /// One delivery, by its agency, id and revision.
  struct Key: Hashable, Sendable {
    let agency: AgencyID
    let id: String
    let revision: Int64
  }

  struct Seen: Sendable {
    /// The known message whose marks are in it; nil where there is none.
    var number: Int?
    /// The letters of the parts whose marks are in it.
    var parts: Set<Character>
    /// Marks of other messages, which have no business in it.
    var strangers: Set<Int>
    var digest: [UInt8]
    var properties: AMQPProperties
    /// Nil where nothing was to be compared.
    var isUntouched: Bool?
    var count = 1
  }

  private struct State {
    var seen: [Key: Seen] = [:]
    var byMessage: [AgencyID: [Int: [Key]]] = [:]
    var unequal: [String] = []
    /// The verdicts of receipts with their causes, by sender and message-id, in the order of their coming.
    var receipts: [AgencyID: [String: [(verdict: String, causes: [String])]]] = [:]
  }

  private let seed: UInt64
  private let state = Mutex(State())

  init(seed: UInt64) { self.seed = seed }

  // MARK: - Noting

  func note(_ delivery: AMQPDelivery, at agency: AgencyID) {
    var properties = delivery.properties
    // The broker's own, which counts what it hands out again.
    properties.headers?["x-delivery-count"] = nil
    let marks = Marks(in: delivery.body).union(Marks(in: Array("\(properties.headers ?? [:])".utf8)))
    let number = marks.numbers.min()
    var untouched: Bool?
    if let number {
      let message = KnownMessage(number: number, seed: seed)
      if message.isUntouched(for: agency) { untouched = message.body == delivery.body }
    }
    let key = Key(
      agency: agency, id: properties.messageID ?? "", revision: properties.headers?[HeaderKeys.revision]?.integer ?? 1)
    let seen = Seen(
      number: number, parts: number.map { marks.parts(of: $0) } ?? [], strangers: Set(marks.numbers.dropFirst()),
      digest: Array(SHA256.hash(data: delivery.body)), properties: properties, isUntouched: untouched)
    state.withLock { state in
      if let before = state.seen[key] {
        state.seen[key]?.count += 1
        let place = "\(agency) got \(key.id) revision \(key.revision) (message \(number ?? -1)) twice"
        if before.digest != seen.digest { state.unequal.append("\(place), with bodies that are not equal") }
        if before.properties != seen.properties {
          state.unequal.append("\(place), once with \(before.properties) and once with \(seen.properties)")
        }
      } else {
        state.seen[key] = seen
        if let number { state.byMessage[agency, default: [:]][number, default: []].append(key) }
      }
    }
  }

  func note(_ receipt: Receipt, of agency: AgencyID) {
    state.withLock {
      $0.receipts[agency, default: [:]][receipt.messageID, default: []].append(
        (receipt.verdict.rawValue, receipt.reasons.map(\.cause)))
    }
  }

  // MARK: - Asking

  /// What an agency got of a message: one for each id and revision.
  func deliveries(of number: Int, at agency: AgencyID) -> [Seen] {
    state.withLock { state in (state.byMessage[agency]?[number] ?? []).compactMap { state.seen[$0] } }
  }

  func receipts(of messageID: String, to agency: AgencyID) -> [(verdict: String, causes: [String])] {
    state.withLock { $0.receipts[agency]?[messageID] ?? [] }
  }

  var unequalRepeats: [String] { state.withLock { $0.unequal } }
  var all: [(Key, Seen)] { state.withLock { state in state.seen.map { ($0.key, $0.value) } } }
  var repeats: Int { state.withLock { $0.seen.values.reduce(0) { $0 + $1.count - 1 } } }
}

/// The marks of known messages in some bytes.
struct Marks {
  private var found: [Int: Set<Character>] = [:]

  var numbers: [Int] { found.keys.sorted() }
  func parts(of number: Int) -> Set<Character> { found[number] ?? [] }

  init(in bytes: [UInt8]) {
    let prefix = Array("fire-".utf8)
    var index = 0
    while index + prefix.count < bytes.count {
      guard bytes[index] == prefix[0], bytes[index..<(index + prefix.count)].elementsEqual(prefix) else {
        index += 1
        continue
      }
      index += prefix.count
      var number = 0
      var digits = 0
      while index < bytes.count, (48...57).contains(bytes[index]), digits < 12 {
        number = number * 10 + Int(bytes[index] - 48)
        index += 1
        digits += 1
      }
      guard digits > 0, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "-") else { continue }
      found[number, default: []].insert(Character(UnicodeScalar(bytes[index + 1])))
    }
  }

  func union(_ other: Marks) -> Marks {
    var all = self
    all.found.merge(other.found) { $0.union($1) }
    return all
  }
}

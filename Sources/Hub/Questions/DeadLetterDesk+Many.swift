import Contract
import Glibc
package import Ledger

/// What an operator does with many dead letters at once.
extension DeadLetterDesk {
  /// The groups of dead letters that a filter lets through, the largest first, and whether there are more.
  package func groups(_ filter: DeadLetterFilter) async throws(LedgerError) -> DeadLetterGroups {
    let groups = try await home.ledger.deadLetterGroups(filter, limit: filter.limit + 1)
    return DeadLetterGroups(groups: Array(groups.prefix(filter.limit)), isCutShort: groups.count > filter.limit)
  }

  /// Writes a remark down on dead letters; gives the numbers that it was written on.
  package func remark(
    _ remark: DeadLetterRemark, on numbers: [Int64], note: String
  ) async throws(LedgerError) -> [Int64] {
    try await home.ledger.remark(remark, on: numbers, operator: `operator`, note: note, at: clock.now())
  }

  /// Calls with one dead letter after the other, oldest first, page by page, until told to stop.
  func walk(
    _ filter: DeadLetterFilter, text: String?, _ visit: (DeadLetterRow) -> Bool
  ) async throws(LedgerError) {
    let needle = text.map { Array($0.utf8) }
    var filter = filter
    filter.limit = needle == nil ? min(max(filter.limit + 1, 100), 10_000) : 200
    while true {
      let page = try await home.ledger.deadLetters(filter)
      for row in page {
        if let needle, try await !holds(row.id, needle) { continue }
        guard visit(row) else { return }
      }
      guard page.count == filter.limit, let last = page.last else { return }
      filter.after = last.id
    }
  }

  /// Whether the body has these bytes; one that was not kept has nothing.
  private func holds(_ number: Int64, _ needle: [UInt8]) async throws(LedgerError) -> Bool {
    do throws(LedgerError) {
      let body = try await home.ledger.payload(ofDeadLetter: number)
      return body.contains(needle)
    } catch {
      guard error.code == .payloadGone || error.code == .notFound else { throw error }
      return false
    }
  }
}

extension [UInt8] {
  /// Whether these bytes stand in it one after the other.
  func contains(_ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    return withUnsafeBytes { body in
      guard let start = body.baseAddress else { return false }
      var place = 0
      while let found = memchr(start + place, Int32(first), body.count - place) {
        place = start.distance(to: UnsafeRawPointer(found))
        guard body.count - place >= needle.count else { return false }
        if memcmp(start + place, needle, needle.count) == 0 { return true }
        place += 1
      }
      return false
    }
  }
}

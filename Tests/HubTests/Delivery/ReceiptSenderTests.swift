import Contract
import Testing

@testable import Hub
@testable import Ledger

@Suite struct `A message of receipts` {
  private func receipts(_ sizes: [Int]) -> [ReceiptRow] {
    sizes.enumerated().map { index, size in
      ReceiptRow(
        id: Int64(index + 1), agency: .known("us-cisa"), message: Int64(index + 1),
        line: [UInt8](repeating: UInt8(ascii: "x"), count: size), isSent: false, at: Example.now)
    }
  }

  @Test func `ends with the line that passes one mebibyte`() {
    let third = ReceiptSender.bytesPerMessage / 3
    let waiting = receipts([third, third, third + 3, 10, 10])
    #expect(ReceiptSender.first(of: waiting).map(\.id) == [1, 2, 3])
  }

  @Test func `carries a line that is larger alone, so that it does not wait for ever`() {
    let waiting = receipts([2 * ReceiptSender.bytesPerMessage, 10])
    #expect(ReceiptSender.first(of: waiting).map(\.id) == [1])
  }

  @Test func `carries all that wait where they are small`() {
    #expect(ReceiptSender.first(of: receipts([Int](repeating: 300, count: 256))).count == 256)
    #expect(ReceiptSender.first(of: []).isEmpty)
  }
}

import Glibc
import Testing

@testable import AMQP

@Suite struct ByteQueueTests {
  /// Everything that is named, piece after piece.
  private func bytes(_ queue: borrowing ByteQueue, maximum: Int = .max, room: Int = 64) -> [UInt8] {
    withUnsafeTemporaryAllocation(of: iovec.self, capacity: room) { pieces in
      queue.withPieces(pieces, maximum: maximum) { count in
        pieces[..<count].flatMap { Array(UnsafeRawBufferPointer(start: $0.iov_base, count: $0.iov_len)) }
      }
    }
  }

  /// Copied bytes and parts of bodies in turn.
  private struct Sample: ~Copyable {
    var queue = ByteQueue()
    var expected: [UInt8] = []

    init() {
      for number in UInt8(0)..<10 {
        queue.append(number)
        let body = [UInt8](repeating: 100 + number, count: 20)
        queue.append(5..<15, of: body)
        expected += [number] + body[5..<15]
      }
      queue.append(99)
      expected.append(99)
    }
  }

  /// What is to be seen of a queue at one moment.
  private struct View: Equatable {
    var bytes: [UInt8]
    var count: Int
    var isEmpty: Bool
    var isScattered: Bool
  }

  private func view(_ queue: borrowing ByteQueue) -> View {
    View(bytes: bytes(queue), count: queue.count, isEmpty: queue.isEmpty, isScattered: queue.isScattered)
  }

  private func view(_ bytes: [UInt8], isScattered: Bool) -> View {
    View(bytes: bytes, count: bytes.count, isEmpty: bytes.isEmpty, isScattered: isScattered)
  }

  @Test func `bytes and parts of bodies are written in the order in which they came`() {
    let sample = Sample()
    let (seen, expected) = (view(sample.queue), view(sample.expected, isScattered: true))
    #expect(seen == expected)
  }

  @Test(arguments: 1...13) func `what was written in steps of any size is gone, and nothing else`(_ step: Int) {
    var sample = Sample()
    while !sample.expected.isEmpty {
      let count = min(step, sample.expected.count)
      sample.queue.consume(count)
      sample.expected.removeFirst(count)
      let (seen, expected) = (view(sample.queue), view(sample.expected, isScattered: sample.expected.count > 1))
      #expect(seen == expected)
    }
    sample.queue.append(7)
    let again = view(sample.queue)
    #expect(again == view([7], isScattered: false))
  }

  @Test func `where there is no room for all names the first are named`() {
    let sample = Sample()
    let few = bytes(sample.queue, room: 3)
    let short = bytes(sample.queue, maximum: 5)
    let expected = sample.expected
    #expect(few == Array(expected[..<12]))
    #expect(short == Array(expected[..<11]))
  }

  @Test(arguments: 1...13) func `the front is what lies in one piece, whatever was written of it`(_ most: Int) {
    var sample = Sample()
    while !sample.expected.isEmpty {
      let front = sample.queue.withFront { Array($0) }
      let count = sample.queue.frontCount
      #expect(!front.isEmpty && front.count == count && sample.expected.starts(with: front))
      sample.queue.consume(min(most, count))
      sample.expected.removeFirst(min(most, count))
    }
    let end = sample.queue.frontCount
    #expect(end == 0)
  }

  @Test func `scattered bytes are brought together in order`() {
    var sample = Sample()
    var gathered = ByteQueue()
    var steps = 0
    while !sample.queue.isEmpty {
      gathered.take(17, from: &sample.queue)
      steps += 1
    }
    let (seen, expected) = (view(gathered), view(sample.expected, isScattered: false))
    #expect(seen == expected)
    #expect(steps == (expected.count + 16) / 17)
  }

  @Test func `everything is dropped at once`() {
    var sample = Sample()
    sample.queue.removeAll()
    let seen = view(sample.queue)
    #expect(seen == view([], isScattered: false))
  }
}

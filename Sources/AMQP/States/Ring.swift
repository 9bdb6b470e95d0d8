/// A queue on an array: append at the end, take from the front, look by index, all without moving elements.
struct Ring<Element> {
  private var storage: [Element?] = []
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  subscript(index: Int) -> Element {
    get { storage[(head + index) & (storage.count - 1)]! }
    set { storage[(head + index) & (storage.count - 1)] = newValue }
    _modify { yield &storage[(head + index) & (storage.count - 1)]! }
  }

  mutating func append(_ element: Element) {
    if count == storage.count { grow() }
    storage[(head + count) & (storage.count - 1)] = element
    count += 1
  }

  mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    let element = storage[head].take()
    head = (head + 1) & (storage.count - 1)
    count -= 1
    return element
  }

  /// Takes everything out, in order.
  mutating func removeAll() -> [Element] {
    var all: [Element] = []
    all.reserveCapacity(count)
    while let element = popFirst() { all.append(element) }
    storage = []
    head = 0
    return all
  }

  private mutating func grow() {
    var grown: [Element?] = []
    let size = max(16, storage.count * 2)
    grown.reserveCapacity(size)
    for index in 0..<count { grown.append(storage[(head + index) & (storage.count - 1)].take()) }
    grown.append(contentsOf: repeatElement(nil, count: size - count))
    storage = grown
    head = 0
  }
}

extension Ring: Sendable where Element: Sendable {}

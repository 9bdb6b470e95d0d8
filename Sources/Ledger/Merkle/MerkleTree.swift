import Crypto

/// A tree of RFC 6962 section 2.1 by its size and the roots of its full subtrees, the largest first: all that appending
/// to it and computing its root need.
struct MerkleFrontier: Sendable, Equatable {
  private(set) var size: Int64
  private(set) var peaks: [[UInt8]]

  init() {
    size = 0
    peaks = []
  }

  /// Reads the peaks of a tree of this size.
  init(size: Int64, hash: (Subtree) throws -> [UInt8]) rethrows {
    self.size = size
    peaks = try Subtree.peaks(of: size).map(hash)
  }

  /// Appends the hash of a leaf; calls with each subtree of more than one leaf that it completes, in the order of their
  /// positions.
  mutating func append(_ leaf: [UInt8], completed: (Subtree, [UInt8]) throws -> Void) rethrows {
    var subtree = Subtree(level: 0, index: size)
    var hash = leaf
    while subtree.index & 1 == 1, let left = peaks.popLast() {
      hash = MerkleHash.node(left, hash)
      subtree = Subtree(level: subtree.level + 1, index: subtree.index >> 1)
      try completed(subtree, hash)
    }
    peaks.append(hash)
    size += 1
  }

  mutating func append(_ leaf: [UInt8]) { append(leaf) { _, _ in } }

  var root: [UInt8] {
    guard var root = peaks.last else { return MerkleHash.empty }
    for left in peaks.dropLast().reversed() { root = MerkleHash.node(left, root) }
    return root
  }
}

/// Hashes of RFC 6962 section 2.1; that of a leaf is ``LedgerEntry/hash(of:)``.
enum MerkleHash {
  /// The root of a tree without leaves.
  static let empty = Array(SHA256.hash(data: [UInt8]()))

  static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    var hasher = SHA256()
    hasher.update(data: [0x01])
    hasher.update(data: left)
    hasher.update(data: right)
    return Array(hasher.finalize())
  }
}

/// A full subtree: the `index`th of those with `2^level` leaves.
struct Subtree: Hashable, Sendable {
  let level: Int
  let index: Int64

  /// Its number among all full subtrees of more than one leaf, in the order in which appending completes them: dense,
  /// and never changed by what is appended later, so that a table of them grows at its end alone.
  var position: Int64 {
    let last = (index + 1) << Int64(level) - 1
    return last - Int64(last.nonzeroBitCount) + Int64(level) - 1
  }

  /// The full subtrees that a tree of this size consists of, the largest first.
  static func peaks(of size: Int64) -> [Subtree] {
    var peaks: [Subtree] = []
    var first: Int64 = 0
    for level in stride(from: 62, through: 0, by: -1) where size & (1 << Int64(level)) != 0 {
      peaks.append(Subtree(level: level, index: first >> Int64(level)))
      first += 1 << Int64(level)
    }
    return peaks
  }
}

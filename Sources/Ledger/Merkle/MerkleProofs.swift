/// Computes roots and proofs of RFC 6962 section 2.1 from the hashes of full subtrees, at a cost that grows with the
/// logarithm of the size.
struct MerkleProver {
  /// The hash of a full subtree; at level 0 that of a leaf.
  let hash: (Subtree) throws -> [UInt8]

  func root(ofSize size: Int64) throws -> [UInt8] {
    size == 0 ? MerkleHash.empty : try root(0, size)
  }

  /// The audit path of a leaf: section 2.1.1.
  func inclusion(of leaf: Int64, inSize size: Int64) throws -> [[UInt8]] {
    precondition(0 <= leaf && leaf < size, "a leaf is in its tree")
    return try path(to: leaf, 0, size)
  }

  /// Why the tree of the first size is a beginning of that of the second: section 2.1.2.
  func consistency(from old: Int64, to new: Int64) throws -> [[UInt8]] {
    precondition(0 <= old && old <= new, "an older tree is not larger")
    return old == 0 || old == new ? [] : try proof(old, 0, new, isKnown: true)
  }

  private func root(_ first: Int64, _ count: Int64) throws -> [UInt8] {
    if count & (count - 1) == 0 {
      let level = count.trailingZeroBitCount
      return try hash(Subtree(level: level, index: first >> Int64(level)))
    }
    let left = Self.split(count)
    return MerkleHash.node(try root(first, left), try root(first + left, count - left))
  }

  private func path(to leaf: Int64, _ first: Int64, _ count: Int64) throws -> [[UInt8]] {
    guard count > 1 else { return [] }
    let left = Self.split(count)
    if leaf < left { return try path(to: leaf, first, left) + [root(first + left, count - left)] }
    return try path(to: leaf - left, first + left, count - left) + [root(first, left)]
  }

  private func proof(_ old: Int64, _ first: Int64, _ count: Int64, isKnown: Bool) throws -> [[UInt8]] {
    if old == count { return isKnown ? [] : [try root(first, count)] }
    let left = Self.split(count)
    if old <= left { return try proof(old, first, left, isKnown: isKnown) + [root(first + left, count - left)] }
    return try proof(old - left, first + left, count - left, isKnown: false) + [root(first, left)]
  }

  /// The largest power of two that is smaller.
  private static func split(_ count: Int64) -> Int64 { 1 << Int64(63 - (count - 1).leadingZeroBitCount) }
}

/// What a partner computes, with nothing but the proof and a head: RFC 9162 sections 2.1.3.2 and 2.1.4.2.
package enum MerkleCheck {
  /// Whether a leaf of this hash stands at this place in the tree of this size and root.
  package static func includes(
    leafHash: [UInt8], at index: Int64, size: Int64, root: [UInt8], path: [[UInt8]]
  ) -> Bool {
    guard 0 <= index, index < size else { return false }
    var (place, last, hash) = (index, size - 1, leafHash)
    for sibling in path {
      guard last != 0 else { return false }
      if place & 1 == 1 || place == last {
        hash = MerkleHash.node(sibling, hash)
        while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
      } else {
        hash = MerkleHash.node(hash, sibling)
      }
      (place, last) = (place >> 1, last >> 1)
    }
    return last == 0 && hash == root
  }

  /// Whether the tree of the old size and root is a beginning of the new one.
  package static func isConsistent(
    old: (size: Int64, root: [UInt8]), new: (size: Int64, root: [UInt8]), path: [[UInt8]]
  ) -> Bool {
    guard 0 <= old.size, old.size <= new.size else { return false }
    if old.size == new.size { return path.isEmpty && old.root == new.root }
    if old.size == 0 { return path.isEmpty && old.root == MerkleHash.empty }
    var path = path[...]
    if old.size & (old.size - 1) == 0 { path = ([old.root] + path)[...] }
    guard let first = path.popFirst() else { return false }
    var (place, last) = (old.size - 1, new.size - 1)
    while place & 1 == 1 { (place, last) = (place >> 1, last >> 1) }
    var (before, after) = (first, first)
    for sibling in path {
      guard last != 0 else { return false }
      if place & 1 == 1 || place == last {
        before = MerkleHash.node(sibling, before)
        after = MerkleHash.node(sibling, after)
        while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
      } else {
        after = MerkleHash.node(after, sibling)
      }
      (place, last) = (place >> 1, last >> 1)
    }
    return last == 0 && before == old.root && after == new.root
  }
}

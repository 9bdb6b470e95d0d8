import Crypto
import Testing

@testable import Ledger

/// The tree as RFC 6962 section 2.1 defines it, word by word and without any cleverness.
enum PlainTree {
  static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
    if leaves.isEmpty { return Array(SHA256.hash(data: [UInt8]())) }
    if leaves.count == 1 { return leaves[leaves.startIndex] }
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    let middle = leaves.startIndex + split
    return MerkleHash.node(root(leaves[..<middle]), root(leaves[middle...]))
  }

  /// Hashes of leaves "0", "1", ...
  static func leaves(_ count: Int) -> [[UInt8]] { (0..<count).map { LedgerEntry.hash(of: Array(String($0).utf8)) } }
}

struct MerkleTests {
  /// A tree that was appended to, with all subtrees by position.
  private static func tree(_ leaves: [[UInt8]]) -> (frontier: MerkleFrontier, prover: MerkleProver, stored: [[UInt8]]) {
    var frontier = MerkleFrontier()
    var stored: [[UInt8]] = []
    for leaf in leaves {
      frontier.append(leaf) { subtree, hash in
        #expect(subtree.position == Int64(stored.count))
        stored.append(hash)
      }
    }
    let prover = MerkleProver { [stored] in $0.level == 0 ? leaves[Int($0.index)] : stored[Int($0.position)] }
    return (frontier, prover, stored)
  }

  @Test func `the known vectors`() {
    var tree = MerkleFrontier()
    #expect(tree.root.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    tree.append(LedgerEntry.hash(of: []))
    #expect(tree.root.hex == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    tree.append(LedgerEntry.hash(of: [0]))
    #expect(tree.root.hex == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")
    // The tree of seven and eight leaves that certificate transparency's own tests use.
    let inputs: [[UInt8]] = [
      [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
      Array(0x60...0x6F),
    ]
    for input in inputs { tree.append(LedgerEntry.hash(of: input)) }
    #expect(tree.root.hex == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
  }

  @Test func `a proof that was touched anywhere does not hold`() throws {
    let leaves = PlainTree.leaves(13)
    let (tree, prover, _) = Self.tree(leaves)
    let path = try prover.inclusion(of: 6, inSize: 13)
    func holds(_ leaf: [UInt8], _ index: Int64, _ size: Int64, _ root: [UInt8], _ path: [[UInt8]]) -> Bool {
      MerkleCheck.includes(leafHash: leaf, at: index, size: size, root: root, path: path)
    }
    #expect(holds(leaves[6], 6, 13, tree.root, path))
    #expect(!holds(leaves[7], 6, 13, tree.root, path))
    #expect(!holds(leaves[6], 7, 13, tree.root, path))
    #expect(!holds(leaves[6], 6, 13, leaves[0], path))
    #expect(!holds(leaves[6], -1, 13, tree.root, path))
    #expect(!holds(leaves[6], 13, 13, tree.root, path))
    #expect(!holds(leaves[6], 6, 13, tree.root, path.dropLast()))
    #expect(!holds(leaves[6], 6, 13, tree.root, path + [leaves[0]]))
    #expect(!holds(leaves[6], 6, 13, tree.root, path.reversed()))
    for place in path.indices {
      var other = path
      other[place][0] ^= 1
      #expect(!holds(leaves[6], 6, 13, tree.root, other))
    }
  }

  @Test func `a log that was rewritten is not consistent with what it was`() throws {
    let (tree, prover, _) = Self.tree(PlainTree.leaves(21))
    var rewritten = PlainTree.leaves(21)
    rewritten[2] = rewritten[3]
    let other = Self.tree(rewritten)
    for old in Int64(3)..<21 {
      let path = try other.prover.consistency(from: old, to: 21)
      let root = try prover.root(ofSize: old)
      #expect(!MerkleCheck.isConsistent(old: (old, root), new: (21, other.frontier.root), path: path))
      // A full subtree is known by its root alone: the path begins behind it, where nothing was rewritten.
      let isFull = old & (old - 1) == 0
      #expect(MerkleCheck.isConsistent(old: (old, root), new: (21, tree.root), path: path) == isFull)
      let honest = try prover.consistency(from: old, to: 21)
      #expect(!MerkleCheck.isConsistent(old: (old, root), new: (21, tree.root), path: honest + [root]))
      #expect(!MerkleCheck.isConsistent(old: (old, root), new: (21, tree.root), path: honest.dropLast()))
    }
    #expect(!MerkleCheck.isConsistent(old: (22, tree.root), new: (21, tree.root), path: []))
    #expect(!MerkleCheck.isConsistent(old: (0, tree.root), new: (21, tree.root), path: []))
  }

  @Test func `every leaf of every tree of up to 70 leaves is proven`() throws {
    let leaves = PlainTree.leaves(70)
    let (_, prover, _) = Self.tree(leaves)
    for size in 1...70 {
      let root = PlainTree.root(leaves[..<size])
      #expect(try prover.root(ofSize: Int64(size)) == root)
      for index in 0..<size {
        let path = try prover.inclusion(of: Int64(index), inSize: Int64(size))
        let holds = MerkleCheck.includes(
          leafHash: leaves[index], at: Int64(index), size: Int64(size), root: root, path: path)
        #expect(holds, "leaf \(index) of \(size)")
      }
    }
  }

  @Test func `every tree of up to 70 leaves is proven to be a beginning of every later one`() throws {
    let leaves = PlainTree.leaves(70)
    let (_, prover, _) = Self.tree(leaves)
    let roots = try (0...70).map { try prover.root(ofSize: Int64($0)) }
    for new in 0...70 {
      for old in 0...new {
        let path = try prover.consistency(from: Int64(old), to: Int64(new))
        let holds = MerkleCheck.isConsistent(
          old: (Int64(old), roots[old]), new: (Int64(new), roots[new]), path: path)
        #expect(holds, "\(old) to \(new)")
      }
    }
  }

  @Test func `trees of random sizes grow, are read again and are proven`() throws {
    for _ in 0..<20 {
      let size = Int.random(in: 100...5000)
      let leaves = PlainTree.leaves(size)
      let (tree, prover, stored) = Self.tree(leaves)
      #expect(tree.root == PlainTree.root(leaves[...]))
      #expect(stored.count == size - size.nonzeroBitCount)
      #expect(try MerkleFrontier(size: Int64(size), hash: prover.hash) == tree)
      let old = Int64.random(in: 1...Int64(size))
      let path = try prover.consistency(from: old, to: Int64(size))
      #expect(path.count <= 14)
      #expect(
        MerkleCheck.isConsistent(
          old: (old, PlainTree.root(leaves[..<Int(old)])), new: (Int64(size), tree.root), path: path))
      let index = Int.random(in: 0..<size)
      let inclusion = try prover.inclusion(of: Int64(index), inSize: Int64(size))
      #expect(inclusion.count <= 13)
      #expect(
        MerkleCheck.includes(
          leafHash: leaves[index], at: Int64(index), size: Int64(size), root: tree.root, path: inclusion))
    }
  }
}

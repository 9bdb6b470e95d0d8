import JSON
import STIX

/// What is left of a message once nothing in it names what is withheld.
struct ReferenceClosure {
  private let graph: ObjectGraph
  /// For each object, the rule by which it does not pass.
  private(set) var withheld: [DecisionRule?]
  private(set) var removals: [Removal] = []
  /// For the first object of each id, whether what has the id does not pass.
  private var isIDWithheld: [Bool]
  /// Objects withheld whose neighbours were not told yet.
  private var news: [Int] = []
  /// Objects that pass and name something withheld that can be cut out.
  private var touched: Set<Int> = []

  /// Beyond so many references an object is judged again once, at the end, instead of each time it is touched.
  private static let many = 64

  /// Withholds, to a fixpoint, what cannot stand without what is withheld or names it where nothing can be cut out.
  init(_ graph: ObjectGraph, withheld: [DecisionRule?]) {
    self.graph = graph
    self.withheld = withheld
    isIDWithheld = [Bool](repeating: false, count: withheld.count)
    guard withheld.contains(where: { $0 != nil }) else { return }
    let direct = withheld
    news = withheld.indices.filter { withheld[$0] != nil }
    for index in news { isIDWithheld[graph.firstOf[index]] = true }
    repeat {
      while let index = news.popLast() {
        if !graph.versionsOf.isEmpty, Safeguard.rule(.versionWithheld).stands {
          for sibling in graph.versionsOf[index] ?? [] { withhold(sibling, .versionWithheld) }
        }
        for neighbour in graph.backward[index] where self.withheld[neighbour.object] == nil {
          if neighbour.isFirm {
            if DecisionRule.refersToWithheld.fires(true) { withhold(neighbour.object, .refersToWithheld) }
          } else {
            touched.insert(neighbour.object)
            if !isLarge(neighbour.object) { settle(neighbour.object) }
          }
        }
      }
      for index in touched.sorted() where self.withheld[index] == nil && isLarge(index) { settle(index) }
    } while !news.isEmpty
    for index in withheld.indices where direct[index] == nil && self.withheld[index] != nil {
      self.withheld[index] = rule(for: index)
    }
    dropWhatNothingNeeds()
    for index in touched.sorted() where self.withheld[index] == nil {
      guard case .remove(let pointers) = cut(index) else { continue }
      removals += pointers.map { Removal(object: index, pointer: $0) }
    }
  }

  private mutating func withhold(_ index: Int, _ rule: DecisionRule) {
    guard withheld[index] == nil else { return }
    withheld[index] = rule
    isIDWithheld[graph.firstOf[index]] = true
    news.append(index)
  }

  /// Withholds an object that is nothing once freed of the names.
  private mutating func settle(_ index: Int) {
    guard Safeguard.rule(.emptied).stands else { return }
    if case .withhold = cut(index) { withhold(index, .emptied) }
  }

  /// What to cut out of an object; an observable whose id is computed from what would be cut would give it away.
  private func cut(_ index: Int) -> ReferenceRemoval {
    let object = graph.objects[index]
    let targets = graph.targets(of: index)
    let removal = object.removals { isWithheld(targets[targets.startIndex + $0]) }
    guard Safeguard.computedIDs.stands, case .remove(let pointers) = removal, let sources = Self.idSources[object.type],
      STIXID(object.id)?.version == 5, let revealing = pointers.first(where: { sources.contains($0.tokens[0]) })
    else { return removal }
    return .withhold(revealing, "its id is computed from what is withheld")
  }

  /// Reference properties that deterministic ids are computed from (STIX 2.1 section 2.9).
  private static let idSources: [String: Set<String>] = [
    "email-message": ["from_ref"], "file": ["parent_directory_ref", "extensions"],
    "network-traffic": ["src_ref", "dst_ref", "extensions"],
  ]

  /// Why an object falls with others: told from all that is withheld, whatever the order in which it fell.
  private func rule(for index: Int) -> DecisionRule {
    let named = zip(graph.objects[index].references, graph.targets(of: index)).compactMap { reference, target in
      isWithheld(target) && reference.isFirm ? reference : nil
    }
    if named.contains(where: { $0.place == .required || $0.isMarking }) { return .refersToWithheld }
    if !named.isEmpty { return .mentionsWithheld }
    if case .withhold = cut(index) { return .emptied }
    return .versionWithheld
  }

  private func isWithheld(_ target: Int32) -> Bool { target >= 0 && isIDWithheld[Int(target)] }

  private func isLarge(_ index: Int) -> Bool { graph.targets(of: index).count > Self.many }

  /// Identities, definitions and translations go when all that named them, or that they translate, is gone. Since
  /// nothing that is left names them, nothing else falls.
  private mutating func dropWhatNothingNeeds() {
    guard Safeguard.rule(.notNeeded).stands else { return }
    func isSupport(_ index: Int) -> Bool { graph.classes[graph.classOf[index]].role != .content }
    var isReached = [Bool](repeating: false, count: withheld.count)
    var queue: [Int] = []
    func reach(_ index: Int) {
      guard withheld[index] == nil, !isReached[index] else { return }
      isReached[index] = true
      queue.append(index)
    }
    for index in withheld.indices where !isSupport(index) || graph.isLoose(index) { reach(index) }
    while let index = queue.popLast() {
      for neighbour in graph.forward[index] {
        reach(neighbour.object)
        if !graph.versionsOf.isEmpty {
          for version in graph.versionsOf[neighbour.object] ?? [] { reach(version) }
        }
      }
      for neighbour in graph.backward[index] where graph.isTranslation(neighbour.object) { reach(neighbour.object) }
    }
    for index in withheld.indices where withheld[index] == nil && !isReached[index] {
      withheld[index] = .notNeeded
    }
  }
}

extension ObjectGraph {
  fileprivate func isTranslation(_ index: Int) -> Bool { classes[classOf[index]].role == .translation }

  /// An identity or definition that nothing in the message named to begin with: it stands or falls alone.
  fileprivate func isLoose(_ index: Int) -> Bool { !isNamed[index] && !isTranslation(index) }
}

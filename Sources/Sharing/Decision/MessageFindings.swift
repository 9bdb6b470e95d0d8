import JSON
import STIX

/// What was found out of one message and holds for every recipient, or for all with the same terms: each is looked for
/// once, when the first of them needs it.
final class MessageFindings {
  let graph: ObjectGraph
  private let sender: Agency?
  private lazy var scan = FieldScan(graph)
  /// What is sensitive in each object; empty before anybody asks. (In place of a lazy list, which would be copied with
  /// each change.)
  private var fields: [[SensitiveField]?] = []
  private var steps: [UInt64: [RedactionPlan.Steps?]] = [:]
  private var outcomes: [Key: ObjectOutcome] = [:]

  private struct Key: Hashable {
    /// For each class, the number of the rule that withholds it, or 0.
    let rules: [UInt8]
    let plan: UInt64
  }

  /// - Parameter sender: nil where it is no agency that is known.
  init(_ submission: Submission, _ asks: ObjectAsks, sender: Agency?) {
    self.sender = sender
    graph = ObjectGraph(submission.bundle, floor: submission.tlp, asks: asks, returned: submission.provenance.returned)
  }

  /// Identities that some object names as its creator.
  private lazy var creators: Set<Int> = {
    var ids: Set<String> = []
    for object in graph.objects {
      if let id = object.value["created_by_ref"]?.string { ids.insert(id.lowercased()) }
    }
    return Set(graph.objects.filter { $0.type == "identity" && ids.contains($0.id.lowercased()) }.map(\.index))
  }()

  /// What becomes of the objects where these classes do not pass by themselves and this is to be changed.
  func outcome(_ verdicts: [ObjectVerdict], _ plan: RedactionPlan) -> ObjectOutcome {
    let key = Key(rules: verdicts.map(\.code), plan: plan.code)
    if let known = outcomes[key] { return known }
    let found = ObjectOutcome(graph, verdicts.map(\.rule), plan, steps: plan.isEmpty ? [] : steps(plan))
    outcomes[key] = found
    return found
  }

  /// For each object, what is to be done with it; nil for nothing.
  private func steps(_ plan: RedactionPlan) -> [RedactionPlan.Steps?] {
    if let known = steps[plan.code] { return known }
    let creators = plan.hidesSource ? creators : []
    let found = graph.objects.indices.map { index in
      plan.steps(
        for: index, graph.classes[graph.classOf[index]], isCreator: creators.contains(index), sender: sender
      ) { fields(of: index) }
    }
    steps[plan.code] = found
    return found
  }

  private func fields(of index: Int) -> [SensitiveField] {
    if fields.isEmpty { fields = Array(repeating: nil, count: graph.objects.count) }
    if let known = fields[index] { return known }
    let found = scan.fields(of: index)
    fields[index] = found
    return found
  }
}

/// What passes of a message's objects, and how, once nothing in it names what does not.
final class ObjectOutcome {
  /// The objects that pass, in rising order.
  let keep: [Int]
  /// Their classes.
  let classes: [Int]
  let withheld: [WithheldObject]
  let removals: [Removal]
  let redactions: [Removal]
  let rewrites: [Rewrite]
  let needsReview: Bool
  let isCase: Bool
  /// None of what passes says anything by itself.
  let saysNothing: Bool
  private let count: Int
  /// Why objects are withheld, in words; nil where none is.
  private(set) lazy var causes = Reason.causes(withheld)
  /// Where nothing is delivered, why each object is not.
  private(set) lazy var allWithheld: [WithheldObject] = {
    let told = Set(withheld.map(\.object))
    let rest = (0..<count).filter { !told.contains($0) }
    return (withheld + rest.map { WithheldObject(object: $0, rule: .notNeeded) }).sorted { $0.object < $1.object }
  }()
  private(set) lazy var causesOfAll = Reason.causes(allWithheld)

  init(_ graph: ObjectGraph, _ rules: [DecisionRule?], _ plan: RedactionPlan, steps: [RedactionPlan.Steps?]) {
    count = graph.objects.count
    var direct = graph.classOf.map { rules[$0] }
    for index in steps.indices where direct[index] == nil { direct[index] = steps[index]?.withheld }
    var closure = ReferenceClosure(graph, withheld: direct)
    while DecisionRule.mayNotBeChanged.fires(plan.forbidsEdits && !closure.removals.isEmpty) {
      for removal in closure.removals { direct[removal.object] = .mayNotBeChanged }
      closure = ReferenceClosure(graph, withheld: direct)
    }
    var keep: [Int] = []
    var withheld: [WithheldObject] = []
    var isKept = [Bool](repeating: false, count: graph.classes.count)
    for (index, rule) in closure.withheld.enumerated() {
      if let rule {
        withheld.append(WithheldObject(object: index, rule: rule))
      } else {
        keep.append(index)
        isKept[graph.classOf[index]] = true
      }
    }
    let classes = isKept.indices.filter { isKept[$0] }
    var redactions: [Removal] = []
    var rewrites: [Rewrite] = []
    var needsReview = false
    var isCase = false
    if !steps.isEmpty {
      for index in keep {
        guard let step = steps[index] else { continue }
        redactions += step.removals
        rewrites += step.rewrites
        needsReview = needsReview || step.needsReview
        isCase = isCase || step.isCase
      }
    }
    self.keep = keep
    self.classes = classes
    self.withheld = withheld
    removals = closure.removals
    self.redactions = redactions
    self.rewrites = rewrites
    self.needsReview = needsReview
    self.isCase = isCase
    saysNothing = !classes.contains { graph.classes[$0].role == .content }
  }

  /// Whether everything passes as it is.
  var isWhole: Bool {
    withheld.isEmpty && removals.isEmpty && redactions.isEmpty && rewrites.isEmpty && !needsReview && !isCase
  }
}

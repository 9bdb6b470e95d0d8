package import JSON

/// A schema of JSON Schema (2020-12, 2019-09 or draft 7), compiled: a flat program gives the verdict; only where it is no does a second,
/// slower pass over the schema look for what to say. Free of the catalogue, and safe to use from many tasks.
package struct JSONSchema: Sendable {
  /// The identifier under which the catalogue gave it.
  package let id: String
  private let tables: VerdictTables
  private let start: Int32
  private let root: Int

  init(id: String, nodes: [SchemaNode], root: Int) {
    self.id = id
    self.root = root
    let (program, start) = VerdictCompiler.compile(nodes, root: root)
    self.start = start
    tables = VerdictTables(program, nodes)
  }

  /// Whether a value satisfies the schema. Allocates nothing, save where `unevaluated...`, or `uniqueItems` over many
  /// elements, ask. What would cost too much to judge does not satisfy it.
  package func isValid(_ value: JSONValue) -> Bool {
    withExtendedLifetime((tables, value.document)) {
      let tape = value.document.tape
      var state = VerdictState(tape, value.index)
      return judge(value, tape, &state)
    }
  }

  /// What is wrong with a value, at most `limit` findings; empty when it satisfies the schema. Instance locations are
  /// relative to the value. Of `anyOf` and `oneOf` only the branch that the value comes nearest to is explained. Where
  /// the value could not be judged, that is the one finding: `schema-too-costly` or `pattern-too-costly`.
  package func findings(in value: JSONValue, limit: Int = 50) -> [SchemaFinding] {
    if limit <= 0 { return [] }
    return withExtendedLifetime((tables, value.document)) {
      let tape = value.document.tape
      var state = VerdictState(tape, value.index)
      if judge(value, tape, &state) { return [] }
      var explainer = Explainer(tables, tape, limit: limit)
      if let fault = state.fault { return [explainer.finding(fault, in: value)] }
      return explainer.explain(root, value)
    }
  }

  private func judge(_ value: JSONValue, _ tape: JSONTape, _ state: inout VerdictState) -> Bool {
    let accepts = withUnsafeMutablePointer(to: &state) { VerdictMachine(tables, tape, $0).accepts(start, value.index) }
    return accepts && state.fault == nil
  }
}

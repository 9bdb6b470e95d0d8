/// `type:path = literal`, the comparison that simple formats can carry.
package struct PatternEquality: Sendable, Equatable {
  package let path: Pattern.ObjectPath
  package let value: Pattern.Literal

  package init(path: Pattern.ObjectPath, value: Pattern.Literal) {
    self.path = path
    self.value = value
  }
}

extension Pattern {
  /// The pattern as alternatives of equalities that hold together: `[[a, b], [c]]` for `[a AND b OR c]`.
  ///
  /// Nil when it says anything else: another operator, a negation, a qualifier, a sequence, or so many combinations
  /// that no simple format would carry them.
  package func equalities(limit: Int = 256) -> [[PatternEquality]]? {
    switch self {
    case .observation(let comparison): comparison.equalities(limit: limit)
    case .or(let parts): Self.either(parts.map { $0.equalities(limit: limit) }, limit: limit)
    case .and, .followedBy, .qualified: nil
    }
  }

  fileprivate static func either(_ parts: [[[PatternEquality]]?], limit: Int) -> [[PatternEquality]]? {
    var alternatives: [[PatternEquality]] = []
    for part in parts {
      guard let part, alternatives.count + part.count <= limit else { return nil }
      alternatives += part
    }
    return alternatives
  }
}

extension Pattern.Comparison {
  fileprivate func equalities(limit: Int) -> [[PatternEquality]]? {
    switch self {
    case .test(let path, .equal, isNegated: false, let values):
      return values.map { [PatternEquality(path: path, value: $0)] }
    case .test(let path, .isIn, isNegated: false, let values):
      return values.count <= limit ? values.map { [PatternEquality(path: path, value: $0)] } : nil
    case .or(let parts):
      return Pattern.either(parts.map { $0.equalities(limit: limit) }, limit: limit)
    case .and(let parts):
      var combined: [[PatternEquality]] = [[]]
      for part in parts {
        guard let next = part.equalities(limit: limit), combined.count * next.count <= limit else { return nil }
        combined = combined.flatMap { left in next.map { left + $0 } }
      }
      return combined
    case .test, .exists:
      return nil
    }
  }
}

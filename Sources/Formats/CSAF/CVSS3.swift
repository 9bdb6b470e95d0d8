/// CVSS 3.0: metrics, weights and equations of its specification, section 8.
enum CVSS30: CVSSSystem {
  static let hasSeverities = true
  static let table = CVSS3.table

  static func score(_ kind: CVSSKind, _ vector: CVSSVector) -> Double { CVSS3.score(kind, vector, isNewer: false) }
}

/// CVSS 3.1: the same, with another rounding, and another equation for a modified impact of changed scope.
enum CVSS31: CVSSSystem {
  static let hasSeverities = true
  static let table = CVSS3.table

  static func score(_ kind: CVSSKind, _ vector: CVSSVector) -> Double { CVSS3.score(kind, vector, isNewer: true) }
}

/// What both have in common.
enum CVSS3 {
  private static let impact = ["H": "HIGH", "L": "LOW", "N": "NONE"]
  private static let requirement = ["X": "NOT_DEFINED", "L": "LOW", "M": "MEDIUM", "H": "HIGH"]
  private static let base: [String: [String: String]] = [
    "AV": ["N": "NETWORK", "A": "ADJACENT_NETWORK", "L": "LOCAL", "P": "PHYSICAL"],
    "AC": ["L": "LOW", "H": "HIGH"], "PR": impact, "UI": ["N": "NONE", "R": "REQUIRED"],
    "S": ["U": "UNCHANGED", "C": "CHANGED"], "C": impact, "I": impact, "A": impact,
  ]

  static let table: CVSSTable = {
    var codes = base
    for (metric, words) in base { codes["M" + metric] = words.merging(["X": "NOT_DEFINED"]) { word, _ in word } }
    codes["E"] = [
      "X": "NOT_DEFINED", "U": "UNPROVEN", "P": "PROOF_OF_CONCEPT", "F": "FUNCTIONAL", "H": "HIGH",
    ]
    codes["RL"] = [
      "X": "NOT_DEFINED", "O": "OFFICIAL_FIX", "T": "TEMPORARY_FIX", "W": "WORKAROUND", "U": "UNAVAILABLE",
    ]
    codes["RC"] = ["X": "NOT_DEFINED", "U": "UNKNOWN", "R": "REASONABLE", "C": "CONFIRMED"]
    for metric in ["CR", "IR", "AR"] { codes[metric] = requirement }
    return CVSSTable(
      codes: codes,
      members: [
        "attackVector": "AV", "attackComplexity": "AC", "privilegesRequired": "PR", "userInteraction": "UI",
        "scope": "S", "confidentialityImpact": "C", "integrityImpact": "I", "availabilityImpact": "A",
        "exploitCodeMaturity": "E", "remediationLevel": "RL", "reportConfidence": "RC",
        "confidentialityRequirement": "CR", "integrityRequirement": "IR", "availabilityRequirement": "AR",
        "modifiedAttackVector": "MAV", "modifiedAttackComplexity": "MAC", "modifiedPrivilegesRequired": "MPR",
        "modifiedUserInteraction": "MUI", "modifiedScope": "MS", "modifiedConfidentialityImpact": "MC",
        "modifiedIntegrityImpact": "MI", "modifiedAvailabilityImpact": "MA",
      ],
      required: ["AV", "AC", "PR", "UI", "S", "C", "I", "A"])
  }()

  static func score(_ kind: CVSSKind, _ vector: CVSSVector, isNewer: Bool) -> Double {
    func round(_ score: Double) -> Double { isNewer ? roundedUp31(score) : roundedUp30(score) }
    switch kind {
    case .base: return base(vector, round)
    case .temporal: return round(base(vector, round) * temporalFactor(vector))
    case .environmental: return environmental(vector, isNewer: isNewer, round)
    }
  }

  private static func base(_ vector: CVSSVector, _ round: (Double) -> Double) -> Double {
    let isChanged = vector["S"] == "C"
    let missing = 1 - (1 - cia(vector["C"])) * (1 - cia(vector["I"])) * (1 - cia(vector["A"]))
    let impact = isChanged ? 7.52 * (missing - 0.029) - 3.25 * power(missing - 0.02, 15) : 6.42 * missing
    let exploit = exploitability(vector["AV"], vector["AC"], vector["PR"], vector["UI"], isChanged)
    return impact <= 0 ? 0 : round(min((isChanged ? 1.08 : 1) * (impact + exploit), 10))
  }

  private static func temporalFactor(_ vector: CVSSVector) -> Double {
    weight(vector["E"], maturity) * weight(vector["RL"], remediation) * weight(vector["RC"], confidence)
  }

  private static func environmental(
    _ vector: CVSSVector, isNewer: Bool, _ round: (Double) -> Double
  ) -> Double {
    func modified(_ metric: String) -> String? {
      vector["M" + metric].flatMap { $0 == "X" ? nil : $0 } ?? vector[metric]
    }
    let adjusted = min(
      1
        - (1 - weight(vector["CR"], need) * cia(modified("C"))) * (1 - weight(vector["IR"], need) * cia(modified("I")))
          * (1 - weight(vector["AR"], need) * cia(modified("A"))),
      0.915)
    let isMoved = modified("S") == "C"
    let steep = isNewer ? power(adjusted * 0.9731 - 0.02, 13) : power(adjusted - 0.02, 15)
    let impact = isMoved ? 7.52 * (adjusted - 0.029) - 3.25 * steep : 6.42 * adjusted
    let exploit = exploitability(modified("AV"), modified("AC"), modified("PR"), modified("UI"), isMoved)
    guard impact > 0 else { return 0 }
    return round(round(min((isMoved ? 1.08 : 1) * (impact + exploit), 10)) * temporalFactor(vector))
  }

  private static func exploitability(
    _ vector: String?, _ complexity: String?, _ privileges: String?, _ interaction: String?, _ isChanged: Bool
  ) -> Double {
    8.22 * weight(vector, access) * weight(complexity, difficulty)
      * weight(privileges, isChanged ? privilegesElsewhere : privilegesHere) * weight(interaction, interactions)
  }

  private static func cia(_ code: String?) -> Double { weight(code, losses) }

  private static func weight(_ code: String?, _ weights: [String: Double]) -> Double {
    code.flatMap { weights[$0] } ?? 1
  }

  private static let access = ["N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2]
  private static let difficulty = ["L": 0.77, "H": 0.44]
  private static let privilegesHere = ["N": 0.85, "L": 0.62, "H": 0.27]
  private static let privilegesElsewhere = ["N": 0.85, "L": 0.68, "H": 0.5]
  private static let interactions = ["N": 0.85, "R": 0.62]
  private static let losses = ["H": 0.56, "L": 0.22, "N": 0]
  private static let need = ["L": 0.5, "H": 1.5]
  private static let maturity = ["U": 0.91, "P": 0.94, "F": 0.97]
  private static let remediation = ["O": 0.95, "T": 0.96, "W": 0.97]
  private static let confidence = ["U": 0.92, "R": 0.96]

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1.0) { product, _ in product * base }
  }

  /// The smallest tenth that is not less.
  private static func roundedUp30(_ score: Double) -> Double { (score * 10).rounded(.up) / 10 }

  /// The same, over whole hundred thousandths, so that the errors of floating point do not count.
  private static func roundedUp31(_ score: Double) -> Double {
    let whole = Int((score * 100_000).rounded())
    return whole % 10_000 == 0 ? Double(whole) / 100_000 : Double(whole / 10_000 + 1) / 10
  }
}

/// CVSS 2.0: metrics, weights and equations of its guide, section 3.2.
enum CVSS2: CVSSSystem {
  static let hasSeverities = false

  private static let impact = ["N": "NONE", "P": "PARTIAL", "C": "COMPLETE"]
  private static let requirement = ["L": "LOW", "M": "MEDIUM", "H": "HIGH", "ND": "NOT_DEFINED"]

  static let table = CVSSTable(
    codes: [
      "AV": ["L": "LOCAL", "A": "ADJACENT_NETWORK", "N": "NETWORK"],
      "AC": ["H": "HIGH", "M": "MEDIUM", "L": "LOW"],
      "Au": ["M": "MULTIPLE", "S": "SINGLE", "N": "NONE"],
      "C": impact, "I": impact, "A": impact,
      "E": ["U": "UNPROVEN", "POC": "PROOF_OF_CONCEPT", "F": "FUNCTIONAL", "H": "HIGH", "ND": "NOT_DEFINED"],
      "RL": [
        "OF": "OFFICIAL_FIX", "TF": "TEMPORARY_FIX", "W": "WORKAROUND", "U": "UNAVAILABLE", "ND": "NOT_DEFINED",
      ],
      "RC": ["UC": "UNCONFIRMED", "UR": "UNCORROBORATED", "C": "CONFIRMED", "ND": "NOT_DEFINED"],
      "CDP": [
        "N": "NONE", "L": "LOW", "LM": "LOW_MEDIUM", "MH": "MEDIUM_HIGH", "H": "HIGH", "ND": "NOT_DEFINED",
      ],
      "TD": ["N": "NONE", "L": "LOW", "M": "MEDIUM", "H": "HIGH", "ND": "NOT_DEFINED"],
      "CR": requirement, "IR": requirement, "AR": requirement,
    ],
    members: [
      "accessVector": "AV", "accessComplexity": "AC", "authentication": "Au", "confidentialityImpact": "C",
      "integrityImpact": "I", "availabilityImpact": "A", "exploitability": "E", "remediationLevel": "RL",
      "reportConfidence": "RC", "collateralDamagePotential": "CDP", "targetDistribution": "TD",
      "confidentialityRequirement": "CR", "integrityRequirement": "IR", "availabilityRequirement": "AR",
    ],
    required: ["AV", "AC", "Au", "C", "I", "A"])

  static func score(_ kind: CVSSKind, _ vector: CVSSVector) -> Double {
    let cia = ["N": 0.0, "P": 0.275, "C": 0.66]
    let confidentiality = weight(vector, "C", cia)
    let integrity = weight(vector, "I", cia)
    let availability = weight(vector, "A", cia)
    let exploitability =
      20 * weight(vector, "AV", ["L": 0.395, "A": 0.646, "N": 1])
      * weight(vector, "AC", ["H": 0.35, "M": 0.61, "L": 0.71])
      * weight(vector, "Au", ["M": 0.45, "S": 0.56, "N": 0.704])
    func base(_ impact: Double) -> Double {
      rounded((0.6 * impact + 0.4 * exploitability - 1.5) * (impact == 0 ? 0 : 1.176))
    }
    func temporal(_ base: Double) -> Double {
      rounded(
        base * weight(vector, "E", ["U": 0.85, "POC": 0.9, "F": 0.95])
          * weight(vector, "RL", ["OF": 0.87, "TF": 0.9, "W": 0.95]) * weight(vector, "RC", ["UC": 0.9, "UR": 0.95]))
    }
    let impact = 10.41 * (1 - (1 - confidentiality) * (1 - integrity) * (1 - availability))
    if kind == .base { return base(impact) }
    if kind == .temporal { return temporal(base(impact)) }
    let need = ["L": 0.5, "M": 1, "H": 1.51]
    let adjusted = min(
      10,
      10.41
        * (1 - (1 - confidentiality * weight(vector, "CR", need)) * (1 - integrity * weight(vector, "IR", need))
          * (1 - availability * weight(vector, "AR", need)))
    )
    let adjustedTemporal = temporal(base(adjusted))
    let damage = weight(vector, "CDP", ["L": 0.1, "LM": 0.3, "MH": 0.4, "H": 0.5], otherwise: 0)
    return rounded(
      (adjustedTemporal + (10 - adjustedTemporal) * damage) * weight(vector, "TD", ["N": 0, "L": 0.25, "M": 0.75]))
  }

  private static func weight(
    _ vector: CVSSVector, _ metric: String, _ weights: [String: Double], otherwise: Double = 1
  ) -> Double {
    vector[metric].flatMap { weights[$0] } ?? otherwise
  }

  private static func rounded(_ score: Double) -> Double { (score * 10).rounded() / 10 }
}

/// The tests of section 6 of the CSAF 2.0 specification: mandatory ones are errors, recommended ones warnings.
enum CSAFRules {
  private static func must(_ number: String, _ statement: String) -> Rule {
    Rule("csaf-6.1.\(number)", .error, statement, source: "CSAF 2.0 section 6.1.\(number)")
  }

  private static func should(_ number: String, _ statement: String) -> Rule {
    Rule("csaf-6.2.\(number)", .warning, statement, source: "CSAF 2.0 section 6.2.\(number)")
  }

  static let timeExists = Rule(
    "csaf-time-exists", .error, "A time is one that the calendar has.", source: "CSAF 2.0 section 2.2, RFC 3339")

  // MARK: Products
  static let productDefined = must("1", "Every product that is referred to is defined in the product tree.")
  static let productOnce = must("2", "A product id is defined once.")
  static let noCircle = must("3", "No product is defined by way of itself.")
  static let groupDefined = must("4", "Every product group that is referred to is defined.")
  static let groupOnce = must("5", "A product group id is defined once.")
  static let purl = must("13", "A package URL has the form that the purl specification asks for.")
  static let hashOnce = must("25", "The hashes of a file name each algorithm once.")
  static let noRange = must("31", "The name of a product version is one version, and no range of them.")

  // MARK: Vulnerabilities
  static let statusesDisjoint = must("6", "A product is not at once affected, not affected, fixed or investigated.")
  static let oneScore = must("7", "A product has one score of each version of CVSS.")
  static let scoreForm = must("8", "A score of CVSS has the form that FIRST publishes.")
  static let scoreComputed = must("9", "Scores and severities are the ones that follow from the vector.")
  static let scoreAgrees = must("10", "The members of a score say the same as its vector.")
  static let weakness = must("11", "A CWE has the number and the name of a weakness that exists.")
  static let cveOnce = must("23", "A CVE number stands for one vulnerability of the document.")
  static let involvementOnce = must("24", "A party is involved once at any date.")
  static let remedyHasProduct = must("29", "A remediation says which products it is for.")
  static let flagHasProduct = must("32", "A flag says which products it is for.")
  static let oneJustification = must("33", "A product has one justification flag.")

  // MARK: The document
  static let language = must("12", "A language is one that exists.")
  static let historySorted = must("14", "Revisions sorted by date are sorted by number, too.")
  static let translator = must("15", "A translator says what language the original is in.")
  static let lastRevision = must("16", "The version of the document is that of its last revision.")
  static let draftVersion = must("17", "A document of version 0 or of a pre-release is a draft.")
  static let noZeroRevision = must("18", "The history of a released document has no revision 0.")
  static let noPreRelease = must("19", "The number of a revision is none of a pre-release.")
  static let noPreReleaseVersion = must("20", "The version of a released document is none of a pre-release.")
  static let noGap = must("21", "No revision is missing between the first, 0 or 1, and the last.")
  static let revisionOnce = must("22", "A revision number stands once in the history.")
  static let categoryName = must("26", "A category of one's own does not look like the name of a profile.")
  static let otherLanguage = must("28", "The original is in another language than its translation.")
  static let oneScheme = must("30", "Versions are whole numbers or semantic ones, not both.")

  // MARK: Profiles
  static let profileNote = must("27.1", "The profile has a note that describes, details or summarises.")
  static let profileReference = must("27.2", "The profile has a reference to something outside the document.")
  static let profileNoVulnerabilities = must("27.3", "An informational advisory lists no vulnerabilities.")
  static let profileTree = must("27.4", "The profile has a product tree.")
  static let profileVulnerabilityNotes = must("27.5", "Each vulnerability of the profile has notes.")
  static let profileStatus = must("27.6", "Each vulnerability of a security advisory has a status of products.")
  static let vexStatus = must(
    "27.7", "Each vulnerability of a VEX says what is fixed, affected, not affected or unknown.")
  static let vexID = must("27.8", "Each vulnerability of a VEX has a CVE number or another id.")
  static let vexImpact = must("27.9", "A VEX says why a product is not affected: by a flag, or by a threat of impact.")
  static let vexAction = must("27.10", "A VEX says what to do about each product that is affected.")
  static let profileVulnerabilities = must("27.11", "The profile lists vulnerabilities.")

  // MARK: Recommendations
  static let unusedProduct = should("1", "A product that is defined is referred to.")
  static let missingRemedy = should("2", "Each product that is affected or investigated has a remediation.")
  static let missingScore = should("3", "Each product that is affected has a score.")
  static let buildMetadata = should("4", "A revision number has no build metadata.")
  static let initialDate = should("5", "The initial release is not older than the first revision.")
  static let currentDate = should("6", "The current release is not older than the last revision.")
  static let involvementDate = should("7", "An involvement has a date.")
  static let onlyMD5 = should("8", "A file has a hash beside MD5.")
  static let onlySHA1 = should("9", "A file has a hash beside SHA-1.")
  static let missingTLP = should("10", "A document says by TLP who may receive it.")
  static let canonicalURL = should("11", "A document refers to its own place, by HTTPS and under its file name.")
  static let missingLanguage = should("12", "A document says what language it is in.")
  static let keysSorted = should("13", "The members of all objects are sorted by name.")
  static let privateLanguage = should("14", "A language is none of private use.")
  static let defaultLanguage = should("15", "A language is not i-default.")
  static let identificationHelper = should("16", "A product has a helper to identify it.")
  static let cveInIDs = should("17", "A CVE number does not stand among other ids.")
  static let rangeScheme = should("18", "A range of versions is written as vers or vls.")
  static let fixedScore = should("19", "A product that is fixed has an environmental score of 0.")
  static let knownMembers = should("20", "A document has no members that the schema does not know.")

  static let all = [
    timeExists, productDefined, productOnce, noCircle, groupDefined, groupOnce, statusesDisjoint, oneScore, scoreForm,
    scoreComputed, scoreAgrees, weakness, language, purl, historySorted, translator, lastRevision, draftVersion,
    noZeroRevision, noPreRelease, noPreReleaseVersion, noGap, revisionOnce, cveOnce, involvementOnce, hashOnce,
    categoryName, profileNote, profileReference, profileNoVulnerabilities, profileTree, profileVulnerabilityNotes,
    profileStatus, vexStatus, vexID, vexImpact, vexAction, profileVulnerabilities, otherLanguage, remedyHasProduct,
    oneScheme, noRange, flagHasProduct, oneJustification, unusedProduct, missingRemedy, missingScore, buildMetadata,
    initialDate, currentDate, involvementDate, onlyMD5, onlySHA1, missingTLP, canonicalURL, missingLanguage, keysSorted,
    privateLanguage, defaultLanguage, identificationHelper, cveInIDs, rangeScheme, fixedScore, knownMembers,
  ]
}

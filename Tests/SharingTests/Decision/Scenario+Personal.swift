extension Scenario {
  /// Personal data, under each transfer tool.
  static let personal: [Scenario] = [
    Scenario(
      "an address that nobody ties to an attacker leaves the Union as a pseudonym",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta redact redacted | passes host | changed host/value=pseudonymise"),
    Scenario(
      "an address inside the Union passes",
      terms: "",
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta deliver granted | passes host"),
    Scenario(
      "Norway is inside the area of the law",
      terms: "",
      agencies: ["beta": #"jurisdiction: "NO""#],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta deliver granted | passes host"),
    Scenario(
      "what comes from the United States into the Union is no transfer",
      terms: "",
      agencies: ["alpha": "jurisdiction: US"],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta deliver granted | passes host"),
    Scenario(
      "an attacker's address passes",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        ipv4-addr host CLEAR value=192.0.2.7
        malware worm CLEAR
        relationship tie CLEAR source_ref=worm target_ref=host relationship_type=communicates-with
        """#,
      expected: "beta deliver granted | passes host worm tie"),
    Scenario(
      "an address that an attacker targets is a victim's",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        ipv4-addr host CLEAR value=192.0.2.7
        malware worm CLEAR
        relationship tie CLEAR source_ref=worm target_ref=host relationship_type=targets
        """#,
      expected: "beta redact redacted | passes host worm tie | changed host/value=pseudonymise"),
    Scenario(
      "an address that is tied to an attacker and is a victim's too is a victim's",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        ipv4-addr host CLEAR value=192.0.2.7
        malware worm CLEAR
        relationship tie CLEAR source_ref=worm target_ref=host relationship_type=communicates-with
        relationship hit CLEAR source_ref=worm target_ref=host relationship_type=targets
        """#,
      expected: "beta redact redacted | passes host worm tie hit | changed host/value=pseudonymise"),
    Scenario(
      "a loose tie makes nobody an attacker",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        ipv4-addr host CLEAR value=192.0.2.7
        malware worm CLEAR
        relationship tie CLEAR source_ref=worm target_ref=host relationship_type=related-to
        """#,
      expected: "beta redact redacted | passes host worm tie | changed host/value=pseudonymise"),
    Scenario(
      "a mail address of nobody knows whom stays",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        indicator open CLEAR
        email-addr mail CLEAR value=a@b.example
        """#,
      expected: "beta redact partly-granted | passes open | withheld mail=personal-data"),
    Scenario(
      "an attacker's mail address passes",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        email-addr mail CLEAR value=a@b.example
        indicator open CLEAR
        relationship tie CLEAR source_ref=open target_ref=mail relationship_type=based-on
        """#,
      expected: "beta deliver granted | passes mail open tie"),
    Scenario(
      "an account stays",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        indicator open CLEAR
        user-account login CLEAR account_login=root
        """#,
      expected: "beta redact partly-granted | passes open | withheld login=personal-data"),
    Scenario(
      "a person stays",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        indicator open CLEAR
        identity jane CLEAR name='Jane Doe' identity_class=individual
        """#,
      expected: "beta redact partly-granted | passes open | withheld jane=personal-data"),
    Scenario(
      "an organisation that was hit leaves as a pseudonym",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        indicator open CLEAR
        identity firm CLEAR name='Firm Ltd' identity_class=organization
        """#,
      expected: "beta redact redacted | passes open firm | changed firm/name=pseudonymise"),
    Scenario(
      "who reports keeps its name and loses its contact",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        indicator open CLEAR created_by_ref=cert
        identity cert CLEAR name=CERT identity_class=organization contact_information='+31 6 1234'
        """#,
      expected: "beta redact redacted | passes open cert | out cert/contact_information"),
    Scenario(
      "a class of victims is no organisation",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        indicator open CLEAR
        identity all CLEAR name='Energy sector' identity_class=class
        """#,
      expected: "beta deliver granted | passes open all"),
    Scenario(
      "free text waits until somebody has read it",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: "indicator open CLEAR description='Mr Doe called'",
      expected: "beta hold needs-review | passes open"),
    Scenario(
      "a custom property is free text",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: "indicator open CLEAR x_remark='Mr Doe called'",
      expected: "beta hold needs-review | passes open"),
    Scenario(
      "a text deep inside is free text",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"indicator open CLEAR external_references:='[{"source_name":"s","description":"Mr Doe"}]'"#,
      expected: "beta hold needs-review | passes open"),
    Scenario(
      "the query of an attacker's URL is cut off",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        url link CLEAR value='https://bad.example/x?user=doe'
        indicator open CLEAR
        relationship tie CLEAR source_ref=open target_ref=link relationship_type=based-on
        """#,
      expected: "beta redact redacted | passes link open tie | changed link/value=drop"),
    Scenario(
      "a file's content stays",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        indicator open CLEAR
        artifact blob CLEAR payload_bin=aGVsbG8=
        """#,
      expected: "beta redact partly-granted | passes open | withheld blob=personal-data"),
    Scenario(
      "subject and body of a mail go out of it",
      terms: "",
      agencies: ["beta": "jurisdiction: US"],
      message: "email-message mail CLEAR subject=Hello body=Text is_multipart:=false",
      expected: "beta redact redacted | passes mail | out mail/subject mail/body"),
    Scenario(
      "under a decision of adequacy what the clause names passes",
      terms: "personal-data: {in-scope: true, categories: [victim-infrastructure], transfer-tool: adequacy}",
      agencies: ["beta": "jurisdiction: US"],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta deliver granted | passes host"),
    Scenario(
      "under a binding instrument what the clause names passes",
      terms: "personal-data: {in-scope: true, categories: [victim-infrastructure], transfer-tool: article-46-2-a}",
      agencies: ["beta": "jurisdiction: US"],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta deliver granted | passes host"),
    Scenario(
      "under an administrative arrangement what the clause names passes",
      terms: "personal-data: {in-scope: true, categories: [victim-infrastructure], transfer-tool: article-46-3-b}",
      agencies: ["beta": "jurisdiction: US"],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta deliver granted | passes host"),
    Scenario(
      "under a ground of public interest it waits for a decision each time",
      terms: "personal-data: {in-scope: true, categories: [victim-infrastructure], transfer-tool: article-49-1-d}",
      agencies: ["beta": "jurisdiction: US"],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta hold transfer-case-by-case | passes host"),
    Scenario(
      "a ground of public interest lets nothing wait that holds no such data",
      terms: "personal-data: {in-scope: true, categories: [person], transfer-tool: article-49-1-d}",
      agencies: ["beta": "jurisdiction: US"],
      message: "indicator open CLEAR",
      expected: "beta deliver granted | passes open"),
    Scenario(
      "under a clause without a tool nothing more passes",
      terms: "personal-data: {in-scope: true, categories: [victim-infrastructure], transfer-tool: none}",
      agencies: ["beta": "jurisdiction: US"],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta redact redacted | passes host | changed host/value=pseudonymise"),
    Scenario(
      "what the clause does not name takes the default",
      terms: "personal-data: {in-scope: true, categories: [person], transfer-tool: article-46-2-a}",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        ipv4-addr host CLEAR value=192.0.2.7
        email-addr mail CLEAR value=a@b.example
        """#,
      expected: "beta redact redacted | passes host mail | changed host/value=pseudonymise"),
    Scenario(
      "personal data that is out of scope takes the default",
      terms: "personal-data: {in-scope: false, transfer-tool: article-46-2-a}",
      agencies: ["beta": "jurisdiction: US"],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta redact redacted | passes host | changed host/value=pseudonymise"),
    Scenario(
      "the clause of one arrangement does not serve what another covers too",
      terms: "personal-data: {in-scope: true, categories: [victim-infrastructure], transfer-tool: adequacy}", "+ id: h",
      agencies: ["beta": "jurisdiction: US"],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta redact redacted | passes host | changed host/value=pseudonymise"),
    Scenario(
      "an exercise's personal data is personal data",
      terms: "+ exercises: allowed",
      agencies: ["beta": "jurisdiction: US"],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      sent: "exercise",
      expected: "beta redact redacted | passes host | changed host/value=pseudonymise"),
    Scenario(
      "an agreed redaction holds inside the Union, too",
      terms: "obligations: {redaction: {victim-infrastructure: truncate}}",
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta redact redacted | passes host | changed host/value=truncate"),
    Scenario(
      "of two redactions the stricter holds",
      terms: #"""
        obligations: {redaction: {victim-infrastructure: truncate}}
        + obligations: {redaction: {victim-infrastructure: drop}}
        """#,
      message: #"""
        indicator open CLEAR
        ipv4-addr host CLEAR value=192.0.2.7
        """#,
      expected: "beta redact partly-granted | passes open | withheld host=personal-data"),
    Scenario(
      "a redaction that is weaker than the default does not weaken it",
      terms: "obligations: {redaction: {victim-infrastructure: pass}}",
      agencies: ["beta": "jurisdiction: US"],
      message: "ipv4-addr host CLEAR value=192.0.2.7",
      expected: "beta redact redacted | passes host | changed host/value=pseudonymise"),
    Scenario(
      "a redaction in another arrangement between both holds",
      terms: "",
      #"""
      obligations: {redaction: {free-text: drop}}
      grants: []
      """#,
      message: "indicator open CLEAR description=Words",
      expected: "beta redact redacted | passes open | out open/description"),
    Scenario(
      "victims are not named where the terms say so",
      terms: "obligations: {victim-identity: pseudonymise}",
      message: #"""
        indicator open CLEAR
        identity firm CLEAR name='Firm Ltd'
        """#,
      expected: "beta redact redacted | passes open firm | changed firm/name=pseudonymise"),
    Scenario(
      "victims stay out where the terms say so, and what is about them too",
      terms: "obligations: {victim-identity: drop}",
      message: #"""
        indicator open CLEAR
        identity firm CLEAR name='Firm Ltd'
        relationship tie CLEAR source_ref=open target_ref=firm relationship_type=targets
        """#,
      expected: "beta redact partly-granted | passes open | withheld firm=personal-data tie=refers-to-withheld"),
    Scenario(
      "an attacker's person is treated where the terms say so",
      terms: "obligations: {redaction: {attacker-person: pseudonymise}}",
      message: #"""
        email-addr mail CLEAR value=a@b.example
        indicator open CLEAR
        relationship tie CLEAR source_ref=open target_ref=mail relationship_type=based-on
        """#,
      expected: "beta redact redacted | passes mail open tie | changed mail/value=pseudonymise"),
    Scenario(
      "where nothing may be changed, what would have to be does not pass",
      terms: "obligations: {edits: none}",
      agencies: ["beta": "jurisdiction: US"],
      message: #"""
        indicator open CLEAR
        ipv4-addr host CLEAR value=192.0.2.7
        """#,
      expected: "beta redact partly-granted | passes open | withheld host=may-not-be-changed"),
    Scenario(
      "where nothing may be changed, what would lose a reference does not pass",
      terms: "obligations: {edits: none}",
      message: #"""
        indicator open CLEAR
        indicator secret RED
        report digest GREEN object_refs=open,secret
        """#,
      expected: "beta redact partly-granted | passes open | withheld secret=red-not-named digest=may-not-be-changed"),
  ]
}

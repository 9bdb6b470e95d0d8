/// The classes of IODEF 2 (RFC 7970 section 3), and how they look in XML and in JSON (RFC 8727).
///
/// One line is a class: its attributes (`@name`, with `!` where required, and a list of words or a type behind `=`), its
/// text (`#name`: what JSON calls it), and its elements in the order of XML. `?`, `*` and `+` are counts; behind `:` stands
/// what an element is, where that is not the class of its name; behind `/` the element that holds it in XML and that JSON
/// leaves out.
enum IODEFClasses {
  static let table = """
    IODEF-Document @version! @lang @format-id @private-enum-name @private-enum-id Incident+ AdditionalData*:Extension
    Incident @purpose!=purpose @ext-purpose @status=status @ext-status @lang @restriction=restriction @ext-restriction \
    @observable-id IncidentID AlternativeID? RelatedActivity* DetectTime?:time StartTime?:time EndTime?:time \
    RecoveryTime?:time ReportTime?:time GenerationTime:time Description*:ml Discovery* Assessment* Method* Contact+ \
    EventData* Indicator*/IndicatorData History? AdditionalData*:Extension
    IncidentID #id @name! @instance @restriction=restriction @ext-restriction
    AlternativeID @restriction=restriction @ext-restriction IncidentID+
    RelatedActivity @restriction=restriction @ext-restriction IncidentID* URL*:text ThreatActor* Campaign* IndicatorID* \
    Confidence? Description*:ml AdditionalData*:Extension
    ThreatActor @restriction=restriction @ext-restriction ThreatActorID*:text URL*:text Description*:ml \
    AdditionalData*:Extension
    Campaign @restriction=restriction @ext-restriction CampaignID*:text URL*:text Description*:ml AdditionalData*:Extension
    Contact @role!=role @ext-role @type!=contact-type @ext-type @restriction=restriction @ext-restriction ContactName*:ml \
    ContactTitle*:ml Description*:ml RegistryHandle* PostalAddress* Email* Telephone* Timezone?:text Contact* \
    AdditionalData*:Extension
    RegistryHandle #handle @registry=registry @ext-registry
    PostalAddress @type=postal-type @ext-type PAddress:ml Description*:ml
    Email @type=email-type @ext-type EmailTo:text Description*:ml
    Telephone @type=telephone-type @ext-type TelephoneNumber:text Description*:ml
    Discovery @source=source @ext-source @restriction=restriction @ext-restriction Description*:ml Contact* \
    DetectionPattern*
    DetectionPattern @restriction=restriction @ext-restriction @observable-id Application:Software Description*:ml \
    DetectionConfiguration*:text
    Method @restriction=restriction @ext-restriction Reference* Description*:ml AttackPattern*:Structured \
    Vulnerability*:Structured Weakness*:Structured AdditionalData*:Extension
    Reference @observable-id ReferenceName? URL*:text Description*:ml
    ReferenceName @specIndex=integer ID:text
    Assessment @occurrence=occurrence @restriction=restriction @ext-restriction @observable-id IncidentCategory*:ml \
    SystemImpact* BusinessImpact* TimeImpact* MonetaryImpact* IntendedImpact*:BusinessImpact Counter* \
    MitigatingFactor*:ml Cause*:ml Confidence? AdditionalData*:Extension
    SystemImpact @severity=severity @completion=completion @type=system-impact @ext-type Description*:ml
    BusinessImpact @severity=business-severity @ext-severity @type=business-impact @ext-type Description*:ml
    TimeImpact #value:number @severity=severity @metric!=metric @ext-metric @duration=duration @ext-duration
    MonetaryImpact #value:number @severity=severity @currency
    Confidence #value:number @rating!=rating @ext-rating
    History @restriction=restriction @ext-restriction HistoryItem+
    HistoryItem @action!=action @ext-action @restriction=restriction @ext-restriction @observable-id DateTime:time \
    IncidentID? Contact? Description*:ml DefinedCOA*:text AdditionalData*:Extension
    EventData @restriction=restriction @ext-restriction @observable-id Description*:ml DetectTime?:time StartTime?:time \
    EndTime?:time RecoveryTime?:time ReportTime?:time Contact* Discovery* Assessment? Method* System*/Flow Expectation* \
    RecordData*/Record EventData* AdditionalData*:Extension
    Expectation @action=action @ext-action @severity=severity @restriction=restriction @ext-restriction @observable-id \
    Description*:ml DefinedCOA*:text StartTime?:time EndTime?:time Contact?
    System @category=system-category @ext-category @interface @spoofed=yes-no @virtual=yes-no @ownership=ownership \
    @ext-ownership @restriction=restriction @ext-restriction @observable-id Node NodeRole* Service* \
    OperatingSystem*:Software Counter* AssetID*:text Description*:ml AdditionalData*:Extension
    Node DomainData* Address* PostalAddress? Location*:ml Counter*
    Address #value @category=address-category @ext-category @vlan-name @vlan-num=integer @observable-id
    NodeRole @category!=node-role @ext-category Description*:ml
    Counter #value:number @type!=counter-type @ext-type @unit!=unit @ext-unit @meaning @duration=duration @ext-duration
    DomainData @system-status=system-status @ext-system-status @domain-status=domain-status @ext-domain-status \
    @observable-id Name:text DateDomainWasChecked?:time RegistrationDate?:time ExpirationDate?:time \
    RelatedDNS*:Extension Nameservers* DomainContacts?
    Nameservers Server:text Address*
    DomainContacts SameDomainContact?:text Contact*
    Service @ip-protocol=integer @observable-id ServiceName? Port?:integer Portlist?:text ProtoCode?:integer \
    ProtoType?:integer ProtoField?:integer ApplicationHeaderField*:Extension/ApplicationHeader EmailData? \
    Application?:Software
    ServiceName IANAService?:text URL*:text Description*:ml
    EmailData @observable-id EmailTo*:text EmailFrom?:text EmailSubject?:text EmailX-Mailer?:text \
    EmailHeaderField*:Extension EmailHeaders?:text EmailBody?:text EmailMessage?:text HashData* \
    Signature*:raw/SignatureData
    RecordData @restriction=restriction @ext-restriction @observable-id DateTime?:time Description*:ml \
    Application?:Software RecordPattern* RecordItem*:Extension URL*:text FileData* WindowsRegistryKeysModified* \
    CertificateData* AdditionalData*:Extension
    RecordPattern #value @type!=pattern-type @ext-type @offset=integer @offsetunit=offset-unit @ext-offsetunit \
    @instance=integer
    WindowsRegistryKeysModified @observable-id Key+
    Key @registryaction=registry-action @ext-registryaction @observable-id KeyName:text KeyValue?:text
    CertificateData @restriction=restriction @ext-restriction @observable-id Certificate+
    Certificate @observable-id X509Data:raw Description*:ml
    FileData @restriction=restriction @ext-restriction @observable-id File+
    File @observable-id FileName?:text FileSize?:integer FileType?:text URL*:text HashData? Signature*:raw/SignatureData \
    AssociatedSoftware?:Software FileProperties*:Extension
    HashData @scope!=hash-scope @ext-scope HashTargetID?:text Hash* FuzzyHash*
    Hash DigestMethod:digest DigestValue:text CanonicalizationMethod?:digest Application?:Software
    FuzzyHash FuzzyHashValue+:Extension Application?:Software AdditionalData*:Extension
    Indicator @restriction=restriction @ext-restriction IndicatorID AlternativeIndicatorID* Description*:ml \
    StartTime?:time EndTime?:time Confidence? Contact* Observable? uid-ref?:reference/ObservableReference \
    IndicatorExpression? IndicatorReference? NodeRole* AttackPhase* Reference* AdditionalData*:Extension
    IndicatorID #id @name! @version!
    AlternativeIndicatorID @restriction=restriction @ext-restriction IndicatorID*
    Observable @restriction=restriction @ext-restriction System? Address? DomainData? Service? EmailData? \
    WindowsRegistryKeysModified? FileData? CertificateData? RegistryHandle? RecordData? EventData? Incident? \
    Expectation? Reference? Assessment? DetectionPattern? HistoryItem? BulkObservable? AdditionalData*:Extension
    BulkObservable @type=bulk-type @ext-type BulkObservableFormat? BulkObservableList:lines AdditionalData*:Extension
    BulkObservableFormat Hash? AdditionalData*:Extension
    IndicatorExpression @operator=operator @ext-operator IndicatorExpression* Observable* \
    uid-ref*:reference/ObservableReference IndicatorReference* Confidence? AdditionalData*:Extension
    IndicatorReference @uid-ref @euid-ref @version
    AttackPhase AttackPhaseID*:text URL*:text Description*:ml AdditionalData*:Extension
    Software SoftwareReference? URL*:text Description*:ml
    SoftwareReference #value @spec-name!=spec-name @ext-spec-name @dtype=software-dtype @ext-dtype
    Structured @SpecID! @ext-SpecID @ContentID RawData*:raw Reference*
    Extension #value @name @dtype=dtype @ext-dtype @meaning @formatid @restriction=restriction @ext-restriction \
    @observable-id
    """

  /// The words of attributes with a closed list; each list has `ext-value` too, but for those that end with a full stop.
  static let words = """
    purpose traceback mitigation reporting watch other
    status new in-progress forwarded resolved future
    restriction default public partner need-to-know private white green amber red
    role creator reporter admin tech provider user billing legal abuse irt cc cc-irt leo vendor vendor-support victim \
    victim-notified
    contact-type person organization
    registry internic apnic arin lacnic ripe afrinic local
    postal-type street mailing
    email-type direct hotline
    telephone-type wired mobile fax hotline
    source nidps hips siem av third-party-monitoring incident os-log application-log device-log network-flow passive-dns \
    investigation audit internal-notification external-notification leo partner actor unknown
    occurrence actual potential .
    severity low medium high .
    completion failed succeeded .
    system-impact takeover-account takeover-service takeover-system cps-manipulation cps-damage availability-data \
    availability-account availability-service availability-system damaged-system damaged-data breach-proprietary \
    breach-privacy breach-credential breach-configuration integrity-data integrity-configuration integrity-hardware \
    traffic-redirection monitoring-traffic monitoring-host policy unknown
    business-severity none low medium high unknown
    business-impact breach-proprietary breach-privacy breach-credential loss-of-integrity loss-of-service theft-financial \
    theft-service degraded-reputation asset-damage asset-manipulation legal extortion unknown
    metric labor elapsed downtime
    duration second minute hour day month quarter year
    rating low medium high numeric unknown
    action nothing contact-source-site contact-target-site contact-sender investigate block-host block-network block-port \
    rate-limit-host rate-limit-network rate-limit-port redirect-traffic honeypot upgrade-software rebuild-asset \
    harden-asset remediate-other status-triage status-new-info watch-and-report training defined-coa other
    system-category source target intermediate sensor infrastructure
    yes-no yes no unknown .
    ownership organization personal partner customer no-relationship unknown
    address-category asn atm e-mail mac ipv4-addr ipv4-net ipv4-net-masked ipv4-net-mask ipv6-addr ipv6-net \
    ipv6-net-masked site-uri
    node-role client client-enterprise client-partner client-remote client-kiosk client-mobile server-internal \
    server-public www mail webmail messaging streaming voice file ftp p2p name directory credential print application \
    database backup dhcp assessment source-control config-management monitoring infra infra-firewall infra-router \
    infra-switch camera proxy remote-access log virtualization pos scada scada-supervisory sinkhole honeypot anonymization \
    c2-server malware-distribution drop-server hop-point reflector phishing-site spear-phishing-site recruiting-site \
    fraudulent-site
    counter-type count peak average
    unit byte mbit packet flow session event alert message host site organization
    system-status spoofed fraudulent innocent-hacked innocent-hijacked unknown
    domain-status reservedDelegation assignedAndActive assignedAndInactive assignedAndOnHold revoked transferPending \
    registryLock registrarLock other unknown
    pattern-type regex binary xpath
    offset-unit line byte
    registry-action add-key add-value delete-key delete-value modify-key modify-value
    hash-scope file-contents file-pe-section file-pe-iat file-pe-resource file-pdf-object email-hash email-headers-hash \
    email-body-hash
    bulk-type asn atm e-mail ipv4-addr ipv4-net ipv4-net-mask ipv6-addr ipv6-net ipv6-net-mask mac site-uri domain-name \
    domain-to-ipv4 domain-to-ipv6 domain-to-ipv4-timestamp domain-to-ipv6-timestamp ipv4-port ipv6-port windows-reg-key \
    file-hash email-x-mailer email-subject http-user-agent http-request-uri mutex file-path user-name
    operator not and or xor .
    spec-name custom cpe swid
    software-dtype bytes integer real string xml
    dtype boolean byte bytes character date-time integer ntpstamp portlist real string file path frame packet ipv4-packet \
    ipv6-packet url csv winreg xml json
    """
}

/// Names that registries outside of STIX keep.
enum Registries {
  /// ISO 3166-1 alpha-2.
  static let countries: Set<String> = words(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA \
    CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA \
    GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP \
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS \
    MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS \
    RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW \
    TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """)

  /// Keys of a PDF's document information dictionary (ISO 32000-1 section 14.3.3).
  static let documentInformation: Set<String> = words(
    "Author CreationDate Creator Keywords ModDate Producer Subject Title Trapped")

  /// Fields of HTTP requests, in lower case.
  static let requestFields: Set<String> = words(
    """
    a-im accept accept-charset accept-datetime accept-encoding accept-language access-control-request-headers \
    access-control-request-method authorization cache-control connection content-encoding content-length content-md5 \
    content-type cookie date dnt expect forwarded from front-end-https host http2-settings if-match if-modified-since \
    if-none-match if-range if-unmodified-since max-forwards origin pragma prefer proxy-authorization proxy-connection \
    range referer save-data sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user te trailer transfer-encoding \
    upgrade upgrade-insecure-requests user-agent via warning x-att-deviceid x-correlation-id x-csrf-token \
    x-forwarded-for x-forwarded-host x-forwarded-proto x-http-method-override x-request-id x-requested-with x-uidh \
    x-wap-profile
    """)

  /// Options of sockets, by the prefix of their level (POSIX, Linux, Windows).
  static func isSocketOption(_ name: String) -> Bool {
    guard let mark = name.firstIndex(of: "_") else { return false }
    return socketOptions[String(name[..<mark])]?.contains(String(name[name.index(after: mark)...])) ?? false
  }

  private static let socketOptions: [String: Set<String>] = [
    "ICMP": words("FILTER"),
    "ICMP6": words("FILTER"),
    "IP": words(
      """
      ADD_MEMBERSHIP ADD_SOURCE_MEMBERSHIP BIND_ADDRESS_NO_PORT BLOCK_SOURCE CHECKSUM DONTFRAGMENT DROP_MEMBERSHIP \
      DROP_SOURCE_MEMBERSHIP FREEBIND HDRINCL MINTTL MSFILTER MTU MTU_DISCOVER MULTICAST_ALL MULTICAST_IF \
      MULTICAST_LOOP MULTICAST_TTL NODEFRAG OPTIONS ORIGINAL_ARRIVAL_IF PASSSEC PKTINFO RECEIVE_BROADCAST RECVDSTADDR \
      RECVERR RECVFRAGSIZE RECVIF RECVOPTS RECVORIGDSTADDR RECVTOS RECVTTL RETOPTS ROUTER_ALERT TOS TRANSPARENT TTL \
      UNBLOCK_SOURCE UNICAST_IF WFP_REDIRECT_CONTEXT WFP_REDIRECT_RECORDS
      """),
    "IPV6": words(
      """
      ADDRFORM ADDR_PREFERENCES ADD_MEMBERSHIP CHECKSUM DONTFRAG DROP_MEMBERSHIP DSTOPTS FLOWINFO FREEBIND HDRINCL \
      HOPLIMIT HOPOPTS JOIN_ANYCAST JOIN_GROUP LEAVE_ANYCAST LEAVE_GROUP MTU MTU_DISCOVER MULTICAST_HOPS MULTICAST_IF \
      MULTICAST_LOOP NEXTHOP PATHMTU PKTINFO PROTECTION_LEVEL RECVDSTOPTS RECVERR RECVHOPLIMIT RECVHOPOPTS RECVIF \
      RECVPATHMTU RECVPKTINFO RECVRTHDR RECVTCLASS ROUTER_ALERT RTHDR RTHDRDSTOPTS TCLASS TRANSPARENT UNICAST_HOPS \
      UNICAST_IF USE_MIN_MTU V6ONLY
      """),
    "IRLMP": words(
      """
      9WIRE_MODE DISCOVERY_MODE ENUMDEVICES EXCLUSIVE_MODE IAS_QUERY IAS_SET IRLPT_MODE PARAMETERS SEND_PDU_LEN \
      SHARP_MODE TINYTP_MODE
      """),
    "MCAST": words(
      "BLOCK_SOURCE JOIN_GROUP JOIN_SOURCE_GROUP LEAVE_GROUP LEAVE_SOURCE_GROUP MSFILTER UNBLOCK_SOURCE"),
    "SO": words(
      """
      ACCEPTCONN ATTACH_BPF ATTACH_FILTER ATTACH_REUSEPORT_CBPF ATTACH_REUSEPORT_EBPF BINDTODEVICE BINDTOIFINDEX \
      BROADCAST BSDCOMPAT BSP_STATE BUSY_POLL CONDITIONAL_ACCEPT CONFIRM_NAME CONNDATA CONNDATALEN CONNECT_TIME CONNOPT \
      CONNOPTLEN COOKIE DEBUG DEREGISTER_NAME DETACH_FILTER DISCDATA DISCDATALEN DISCOPT DISCOPTLEN DOMAIN DONTLINGER \
      DONTROUTE ERROR EXCLUSIVEADDRUSE GETLOCALZONES GETMYZONE GETNETINFO GETZONELIST GROUP_ID GROUP_PRIORITY \
      INCOMING_CPU INCOMING_NAPI_ID KEEPALIVE LINGER LOCK_FILTER LOOKUP_MYZONE LOOKUP_NAME LOOKUP_NETDEF_ON_ADAPTER \
      LOOKUP_ZONES LOOKUP_ZONES_ON_ADAPTER MARK MAXDG MAXPATHDG MAX_MSG_SIZE MAX_PACING_RATE MEMINFO NOFCS NOSIGPIPE \
      NO_CHECK OOBINLINE OPENTYPE PAP_GET_SERVER_STATUS PAP_PRIME_READ PAP_SET_SERVER_STATUS PASSCRED PASSSEC PAUSE_ACCEPT \
      PEEK_OFF PEERCRED PEERGROUPS PEERNAME PEERSEC PORT_SCALABILITY PRIORITY PROTOCOL PROTOCOL_INFO PROTOCOL_INFOA \
      PROTOCOL_INFOW RANDOMIZE_PORT RCVBUF RCVBUFFORCE RCVLOWAT RCVTIMEO REGISTER_NAME REMOVE_NAME REUSEADDR REUSEPORT \
      REUSE_MULTICASTPORT REUSE_UNICASTPORT RXQ_OVFL SELECT_ERR_QUEUE SNDBUF SNDBUFFORCE SNDLOWAT SNDTIMEO TIMESTAMP \
      TIMESTAMPING TIMESTAMPNS TXTIME TYPE UPDATE_ACCEPT_CONTEXT UPDATE_CONNECT_CONTEXT USELOOPBACK WIFI_STATUS ZEROCOPY
      """),
    "TCP": words(
      """
      BSDURGENT CC_INFO CONGESTION CORK DEFER_ACCEPT EXPEDITED_1122 FASTOPEN FASTOPEN_CONNECT FASTOPEN_KEY INFO INQ \
      KEEPALIVE KEEPCNT KEEPIDLE KEEPINTVL LINGER2 MAXRT MAXSEG MD5SIG NODELAY NOTSENT_LOWAT QUEUE_SEQ QUICKACK REPAIR \
      SAVED_SYN SAVE_SYN SYNCNT THIN_DUPACK THIN_LINEAR_TIMEOUTS TIMESTAMP TIMESTAMPS ULP USER_TIMEOUT WINDOW_CLAMP \
      ZEROCOPY_RECEIVE
      """),
  ]

  /// Names of services and protocols by the form that IANA gives them (RFC 6335 section 5.1): 1 to 15 letters, digits
  /// and hyphens. The registry itself grows each week and is not kept here.
  static func isServiceName(_ name: String) -> Bool {
    (1...15).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
      }
  }

  /// Names of IPFIX information elements by the form that IANA gives them (RFC 7012 section 2.3): they begin with a
  /// small letter, words run together.
  static func isInformationElement(_ name: String) -> Bool {
    guard let first = name.utf8.first, (0x61...0x7A).contains(first) else { return false }
    return name.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) }
  }

  private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }
}

/// Names of character sets as IANA registers them, by family; letter case does not matter.
enum CharacterSets {
  static func isRegistered(_ name: String) -> Bool {
    let lower = name.lowercased()
    if names.contains(lower) { return true }
    for (prefix, tail) in families where lower.hasPrefix(prefix) {
      let rest = lower.dropFirst(prefix.count)
      if !rest.isEmpty, rest.allSatisfy(tail) { return true }
    }
    return false
  }

  /// Families of numbered sets, each with what may follow its prefix.
  private static let families: [(prefix: String, tail: @Sendable (Character) -> Bool)] = [
    ("iso-8859-", { $0.isASCII && ($0.isNumber || "-windowsleift".contains($0)) }),
    ("iso_8859-", { $0.isASCII && ($0.isNumber || "-:ei".contains($0)) }),
    ("iso8859-", { $0.isASCII && $0.isNumber }),
    ("windows-", { $0.isASCII && $0.isNumber }),
    ("ibm", { $0.isASCII && $0.isNumber }),
    ("ibm-", { $0.isASCII && $0.isNumber }),
    ("cp", { $0.isASCII && $0.isNumber }),
    ("csibm", { $0.isASCII && $0.isNumber }),
    ("iso-ir-", { $0.isASCII && ($0.isNumber || $0 == "-") }),
    ("iso-2022-", { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }),
    ("ebcdic-", { $0.isASCII && ($0.isLetter || $0.isNumber || "-+".contains($0)) }),
    ("latin", { $0.isASCII && $0.isNumber }),
  ]

  private static let names: Set<String> = [
    "adobe-standard-encoding", "adobe-symbol-encoding", "amiga-1251", "ansi_x3.4-1968", "ansi_x3.110-1983", "ascii",
    "asmo_449", "big5", "big5-hkscs", "bocu-1", "brf", "bs_4730", "bs_viewdata", "cesu-8", "csa_z243.4-1985-1",
    "csa_z243.4-1985-2", "csa_z243.4-1985-gr", "csn_369103", "dec-mcs", "din_66003", "ds_2089", "dk-us",
    "ecma-cyrillic", "es", "es2", "euc-jp", "euc-kr", "extended_unix_code_packed_format_for_japanese",
    "extended_unix_code_fixed_width_for_japanese", "gb18030", "gb2312", "gb_1988-80", "gb_2312-80", "gbk",
    "gost_19768-74", "greek7", "greek7-old", "greek-ccitt", "hp-desktop", "hp-legal", "hp-math8", "hp-pi-font",
    "hp-roman8", "hz-gb-2312", "ibm-symbols", "ibm-thai", "iec_p27-1", "inis", "inis-8", "inis-cyrillic", "invariant",
    "iso-10646-j-1", "iso-10646-ucs-2", "iso-10646-ucs-4", "iso-10646-ucs-basic", "iso-10646-unicode-latin1",
    "iso-10646-utf-1", "iso-11548-1", "iso-unicode-ibm-1261", "iso-unicode-ibm-1264", "iso-unicode-ibm-1265",
    "iso-unicode-ibm-1268", "iso-unicode-ibm-1276", "iso_10367-box", "iso_2033-1983", "iso_5427", "iso_5427:1981",
    "iso_5428:1980", "iso_646.basic:1983", "iso_646.irv:1983", "iso_6937-2-25", "iso_6937-2-add", "it",
    "jis_c6220-1969-jp", "jis_c6220-1969-ro", "jis_c6226-1978", "jis_c6226-1983", "jis_c6229-1984-a",
    "jis_c6229-1984-b", "jis_c6229-1984-b-add", "jis_c6229-1984-hand", "jis_c6229-1984-hand-add",
    "jis_c6229-1984-kana", "jis_encoding", "jis_x0201", "jis_x0212-1990", "jus_i.b1.002", "jus_i.b1.003-mac",
    "jus_i.b1.003-serb", "koi7-switched", "koi8-r", "koi8-u", "ks_c_5601-1987", "ksc5636", "kz-1048", "latin-greek",
    "latin-greek-1", "macintosh", "microsoft-publishing", "mnem", "mnemonic", "msz_7795.3", "nats-dano",
    "nats-dano-add", "nats-sefi", "nats-sefi-add", "nc_nc00-10:81", "nf_z_62-010", "nf_z_62-010_(1973)", "ns_4551-1",
    "ns_4551-2", "osd_ebcdic_df03_irv", "osd_ebcdic_df04_1", "osd_ebcdic_df04_15", "pc8-danish-norwegian",
    "pc8-turkish", "pt", "pt2", "ptcp154", "scsu", "sen_850200_b", "sen_850200_c", "shift_jis", "t.101-g2",
    "t.61-7bit", "t.61-8bit", "tis-620", "tscii", "unicode-1-1", "unicode-1-1-utf-7", "unknown-8bit", "us-ascii",
    "us-dk", "utf-16", "utf-16be", "utf-16le", "utf-32", "utf-32be", "utf-32le", "utf-7", "utf-7-imap", "utf-8",
    "utf8", "ventura-international", "ventura-math", "ventura-us", "videotex-suppl", "viqr", "viscii", "windows-31j",
  ]
}

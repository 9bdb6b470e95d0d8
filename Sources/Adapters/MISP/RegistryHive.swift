/// Hives of the Windows registry: events shorten them, and STIX asks for them written out (STIX 2.1 section 6.17).
enum RegistryHive {
  /// The key with its hive written out: `HKLM\Software` is `HKEY_LOCAL_MACHINE\Software`, and so is `HKLM:\Software`.
  static func writtenOut(_ key: String) -> String {
    let hive = key.prefix { $0.isLetter }
    guard hive.utf8.count <= 4, let name = names[hive.uppercased()] else { return key }
    var path = key[hive.endIndex...]
    if path.hasPrefix(":") { path = path.dropFirst() }
    guard path.isEmpty || path.hasPrefix("\\") || path.hasPrefix("/") else { return key }
    return name + path
  }

  private static let names = [
    "HKCC": "HKEY_CURRENT_CONFIG", "HKCR": "HKEY_CLASSES_ROOT", "HKCU": "HKEY_CURRENT_USER",
    "HKLM": "HKEY_LOCAL_MACHINE", "HKPD": "HKEY_PERFORMANCE_DATA", "HKU": "HKEY_USERS",
  ]
}

import Git

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Untracked files that no snapshot may hold, since a pushed session would publish them: keys and credentials.
///
/// A pattern without `/` is matched against the last component of a path, one with `/` against the whole path,
/// by the rules of `fnmatch(3)`.
struct NeverSave {
  static let builtIn = [
    ".env*", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "id_rsa", "id_dsa",
    "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk", ".netrc", "_netrc", ".npmrc", ".pypirc",
    ".pgpass",
    ".my.cnf", ".htpasswd", ".git-credentials", ".dockercfg", "*.tfstate", "*.tfvars",
    "service-account*.json",
    "credentials.json", ".aws/credentials", "*/.aws/credentials", ".docker/config.json",
    "*/.docker/config.json",
    ".kube/config", "*/.kube/config", ".gnupg/*", "*/.gnupg/*", ".ssh/*", "*/.ssh/*",
  ]

  private let patterns: [String]

  init(adding own: [String]) { patterns = Self.builtIn + own }

  func matches(_ path: RepositoryPath) -> Bool {
    let whole = path.bytes.map(CChar.init(bitPattern:)) + [0]
    let name = path.name.map(CChar.init(bitPattern:)) + [0]
    return patterns.contains { fnmatch($0, $0.contains("/") ? whole : name, 0) == 0 }
  }
}

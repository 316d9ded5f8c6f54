/// Takes secrets out of text before it is stored. Each is replaced by a marker that tells its kind,
/// `[redacted:github-token]`.
///
/// - What is found is told by exact rules, not by how random it looks: a conversation that is taken up again must
///   not have lost the ids, hashes and pictures in it.
/// - JSON stays JSON: only characters inside of strings are replaced, and whole ones. Escapes are looked through,
///   also those of JSON in JSON.
/// - What was redacted once is not changed by doing it again.
/// - One pass: a table of pairs of bytes tells where a rule has to look at all.
package struct Redaction: Sendable {
  enum Rule: Sendable {
    case pattern(SecretPattern)
    case name(SecretName)
    case command(CommandSecret)
    case address
    case bearer
    case cookie
    case database
    case dataSource
    case encodedKey
    case htpasswd
    case netrc
    case privateKey
    case marker
    case opaque(OpaqueMember)
  }

  let rules: RuleTable
  private let allowed: [BytePattern]

  /// With the rules that everybody has.
  package static let standard = Redaction(adding: [], allowing: [])

  /// With forms of the user's own, and secrets that are none: those that one of the patterns describes from first
  /// to last.
  package init(adding patterns: [SecretPattern], allowing allowed: [BytePattern]) {
    self.allowed = allowed
    rules = RuleTable(
      [
        .marker, .privateKey, .address, .bearer, .cookie, .database, .dataSource, .encodedKey, .htpasswd,
        .netrc,
      ]
        + OpaqueMember.all.map { .opaque($0) }
        + (patterns + KnownSecrets.all).map { .pattern($0) } + SecretName.all.map { .name($0) }
        + CommandSecret.all.map { .command($0) })
  }

  /// The text without what is secret in it.
  package func redact(_ bytes: [UInt8]) -> [UInt8] {
    var redactor = Redactor(self)
    return bytes.withUnsafeBufferPointer { redactor.finish(with: $0) }
  }

  package func redact(_ text: String) -> String { String(decoding: redact(Array(text.utf8)), as: UTF8.self) }

  /// What begins at a place whose pair of bytes the table knows.
  func outcome(in text: Excerpt, at place: Int) -> Outcome {
    guard let (first, second) = text.pair(at: place) else { return .nothing }
    for rule in rules.candidates(first, second) {
      switch outcome(of: rule, in: text, at: place) {
      case .nothing: continue
      case .found(let finding): if let rest = withoutAllowed(finding, in: text) { return .found(rest) }
      case let other: return other
      }
    }
    return .nothing
  }

  enum Outcome {
    case nothing
    case found(Finding)
    /// Nothing up to this place is looked at.
    case skip(to: Int)
    /// Nothing from this place on is looked at, as long as bytes of the class follow.
    case skipAll(ByteClass, from: Int)
  }

  private func outcome(of rule: Rule, in text: Excerpt, at place: Int) -> Outcome {
    let finding: Finding?
    switch rule {
    case .marker: return Marker.end(in: text, at: place).map { .skip(to: $0) } ?? .nothing
    case .opaque(let member):
      return member.content(in: text, at: place).map { .skipAll(.base64URL, from: $0) } ?? .nothing
    case .pattern(let pattern): finding = pattern.find(in: text, at: place)
    case .address: finding = AddressPassword.find(in: text, at: place)
    case .bearer: finding = Credentials.findBearer(in: text, at: place)
    case .cookie: finding = CookieHeader.find(in: text, at: place)
    case .database: finding = DatabasePassword.find(in: text, at: place)
    case .encodedKey: finding = EncodedPrivateKey.find(in: text, at: place)
    case .htpasswd: finding = HtpasswdPassword.find(in: text, at: place)
    case .dataSource: finding = DataSourcePassword.find(in: text, at: place)
    case .netrc: finding = NetrcPassword.find(in: text, at: place)
    case .privateKey: finding = PrivateKeyBlock.find(in: text, at: place)
    case .command(let command): finding = command.find(in: text, at: place).map { named($0, in: text) }
    case .name(let name):
      finding = SecretAssignment.find(name, in: text, at: place).map { named($0, in: text) }
    }
    return finding.map { .found($0) } ?? .nothing
  }

  /// An assignment of a secret that is known by its form is one of that kind.
  private func named(_ finding: Finding, in text: Excerpt) -> Finding {
    guard let range = finding.ranges.first else { return finding }
    for place in range.prefix(Excerpt.reachBack) {
      guard let (first, second) = text.pair(at: place) else { break }
      for case .pattern(let pattern) in rules.candidates(first, second) {
        if let known = pattern.find(in: text, at: place), known.ranges == finding.ranges { return known }
      }
    }
    return finding
  }

  /// nil if nothing is left.
  private func withoutAllowed(_ finding: Finding, in text: Excerpt) -> Finding? {
    guard !allowed.isEmpty else { return finding }
    let ranges = finding.ranges.filter { range in
      let secret = text.meaning(range)
      return !allowed.contains { $0.matches(secret) }
    }
    guard let last = ranges.last else { return nil }
    return Finding(
      kind: finding.kind, ranges: ranges, continues: last == finding.ranges.last ? finding.continues : nil)
  }
}

extension Excerpt {
  /// Two characters of what is meant.
  func pair(at place: Int) -> (UInt8, UInt8)? {
    guard let first = unit(at: place), let second = unit(at: first.end) else { return nil }
    return (first.byte, second.byte)
  }
}

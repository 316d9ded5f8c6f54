import Git
import Sessions

extension Workspace {
  /// The rules that everybody has, and the user's.
  ///
  /// A pattern of the user's that cannot be understood stops no save: there is a warning, and the others hold.
  func makeRedaction() -> Redaction {
    let added = configuration.all(Setting.redact.listedKey).filter { !$0.isEmpty }
    let allowed = userConfiguration.all(Setting.redactAllow.listedKey).filter { !$0.isEmpty }
    guard !added.isEmpty || !allowed.isEmpty else { return .standard }
    return Redaction(
      adding: added.compactMap { text in understood(text, .redact) { try Settings.form($0) } },
      allowing: allowed.compactMap { text in understood(text, .redactAllow) { try BytePattern($0) } })
  }

  private func understood<Pattern>(
    _ text: String, _ setting: Setting, parse: (String) throws -> Pattern
  ) -> Pattern? {
    do {
      return try parse(text)
    } catch {
      warn("'\(PlainText.line(text))' is no pattern for \(setting.key): \(error)")
      return nil
    }
  }
}

extension Settings {
  static func form(_ text: String) throws(BytePattern.Malformed) -> SecretPattern {
    try SecretPattern("custom", BytePattern(text))
  }
}

/// The settings that git sees here, in git's order: later ones win.
package struct Configuration: Sendable {
  package struct Entry: Hashable, Sendable {
    /// `system`, `global`, `local`, `worktree` or `command`.
    package let scope: String
    /// Where it is written: `file:/home/x/.gitconfig`.
    package let origin: String
    /// In lower case but for the middle part, as git prints it.
    package let key: String
    package let value: String
  }

  package let entries: [Entry]

  package init(entries: [Entry]) { self.entries = entries }

  /// The last entry for a key, which is written in lower case.
  package func entry(_ key: String) -> Entry? { entries.last { $0.key == key } }

  package func string(_ key: String) -> String? { entry(key)?.value }

  package func all(_ key: String) -> [String] { entries.filter { $0.key == key }.map(\.value) }

  /// What git takes for true or false; nil for anything else.
  package static func boolean(_ value: String) -> Bool? {
    switch value.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off", "": false
    case let text: Int(text).map { $0 != 0 }
    }
  }
}

extension Configuration {
  /// What git takes for a number: digits, and a `k`, `m` or `g` for powers of 1024; nil for anything else.
  static func number(_ value: String) -> Int? {
    let units: [Character: Int] = ["k": 10, "m": 20, "g": 30]
    let shift = value.lowercased().last.flatMap { units[$0] }
    guard let number = Int(shift == nil ? value : String(value.dropLast())) else { return nil }
    let (product, isTooLarge) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
    return isTooLarge ? nil : product
  }
}

extension Configuration {
  /// What git says where there is no repository.
  package init(outside git: GitExecutable, in directory: String) throws(GitError) {
    let output = try git.run(Self.list, in: directory)
    guard output.status == 0 else { throw GitError(.command(status: output.status), output.complaint) }
    self.init(fields: output.fields)
  }

  fileprivate static let list = ["config", "--list", "--show-scope", "--show-origin", "-z"]

  fileprivate init(fields: [ArraySlice<UInt8>]) {
    var entries: [Configuration.Entry] = []
    for start in stride(from: 0, to: fields.count - 2, by: 3) {
      let pair = fields[start + 2].split(
        separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
      // A key without a value means true.
      let value = pair.count == 2 ? String(decoding: pair[1], as: UTF8.self) : "true"
      entries.append(
        Configuration.Entry(
          scope: String(decoding: fields[start], as: UTF8.self),
          origin: String(decoding: fields[start + 1], as: UTF8.self),
          key: String(decoding: pair[0], as: UTF8.self), value: value))
    }
    self.init(entries: entries)
  }
}

extension Repository {
  /// Read from the files, or by git where that could make a difference.
  package func configuration() throws(GitError) -> Configuration {
    if let read = readConfiguration() { return read }
    return try askedConfiguration()
  }

  /// What git says that the configuration is.
  func askedConfiguration() throws(GitError) -> Configuration {
    Configuration(fields: try run(Configuration.list).fields)
  }

  /// The user's name and address as configured, or fixed ones where there are none.
  package func signature(seconds: Int64, configuration: Configuration) -> Signature {
    func value(_ key: String) -> String? { configuration.string(key).flatMap { $0.isEmpty ? nil : $0 } }
    let unnamed = Signature.unnamed
    return Signature(
      name: value("user.name") ?? unnamed.name, email: value("user.email") ?? unnamed.email, seconds: seconds)
  }
}

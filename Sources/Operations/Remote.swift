import Files
import Git
import Sessions
import Storage

/// Another repository that sessions are sent to or fetched from.
struct Remote {
  let name: String
  /// The keys under which the user has agreed to send something there: its name with each of its addresses.
  private let consentKey: ObjectID
  /// The same, for squashed sessions alone.
  private let squashedKey: ObjectID

  /// The remote of that name or, without one, the one that git would choose: that of the current branch, else
  /// `origin`, else the only one.
  init(_ name: String?, toPush: Bool, in workspace: Workspace) throws {
    let configuration = workspace.userConfiguration
    let known = Self.names(in: configuration)
    let chosen = try name ?? Self.usual(toPush: toPush, among: known, in: workspace)
    guard known.contains(chosen), try Self.isUsable(chosen, workspace) else {
      throw SessionError(
        .fatal, "there is no remote '\(PlainText.line(chosen))'",
        hints: known.isEmpty
          ? [] : ["Remotes: \(known.sorted().map { PlainText.line($0) }.joined(separator: ", "))"])
    }
    guard Self.addresses(workspace.configuration, chosen) == Self.addresses(configuration, chosen) else {
      throw SessionError(
        .fatal, "a file of this repository changes where '\(chosen)' leads; only your own settings may")
    }
    self.name = chosen
    let places = Self.addresses(configuration, chosen).map { "\($0.key)=\($0.value)" }
    func key(_ lines: [String]) throws -> ObjectID {
      try workspace.repository.name(of: Array(lines.joined(separator: "\n").utf8), as: .blob)
    }
    consentKey = try key([chosen] + places)
    squashedKey = try key([chosen] + places + ["squashed"])
  }

  /// The remotes that the configuration knows.
  static func names(in configuration: Configuration) -> Set<String> {
    Set(
      configuration.entries.compactMap { entry in
        guard entry.key.hasPrefix("remote."), let end = entry.key.lastIndex(of: "."),
          ["url", "pushurl"].contains(entry.key[entry.key.index(after: end)...])
        else { return nil }
        let name = entry.key[..<end].dropFirst("remote.".count)
        return name.isEmpty ? nil : String(name)
      })
  }

  private static func usual(
    toPush: Bool, among known: Set<String>, in workspace: Workspace
  ) throws -> String {
    let configuration = workspace.userConfiguration
    let branch = try workspace.repository.head().branch.map {
      $0.replacing("refs/heads/", with: "", maxReplacements: 1)
    }
    let keys =
      (toPush ? [branch.map { "branch.\($0).pushremote" }, "remote.pushdefault"] : [])
      + [branch.map { "branch.\($0).remote" }]
    for key in keys.compactMap(\.self) {
      // Where git is told an address or this repository itself, sessions have no place of their own.
      if let name = configuration.string(key), known.contains(name) { return name }
    }
    if known.contains("origin") { return "origin" }
    guard let only = known.first else {
      throw SessionError(
        .no, "this repository has no remote", hints: ["Add one: git remote add origin <url>"])
    }
    guard known.count == 1 else {
      throw SessionError(
        .no, "name a remote: \(known.sorted().map { PlainText.line($0) }.joined(separator: ", "))")
    }
    return only
  }

  /// How the names of other remotes go on that begin with this one and a slash: their references stand among its own.
  func othersBelow(in workspace: Workspace) throws -> [String] {
    try Self.names(in: workspace.configuration).sorted().filter {
      try $0.hasPrefix(name + "/") && Self.isUsable($0, workspace)
    }.map { String($0.dropFirst(name.count + 1)) }
  }

  /// The name becomes part of references of ours.
  private static func isUsable(_ name: String, _ workspace: Workspace) throws -> Bool {
    try !name.hasPrefix("-")
      && workspace.repository.isReferenceName(SessionReference.remotePrefix(name) + "x")
  }

  /// All that decides where a remote leads.
  private static func addresses(_ configuration: Configuration, _ name: String) -> [Configuration.Entry] {
    configuration.entries.filter { entry in
      ["url", "pushurl"].contains { entry.key == "remote.\(name).\($0)" }
        || entry.key.hasPrefix("url.")
          && (entry.key.hasSuffix(".insteadof") || entry.key.hasSuffix(".pushinsteadof"))
    }
  }

  // MARK: - Consent

  private static func consentFile(_ workspace: Workspace) -> String {
    workspace.repository.cloneState + "/consent"
  }

  /// True if the user has agreed before to send sessions to this remote, at these addresses. Who has agreed to whole
  /// sessions has agreed to squashed ones, not the other way round.
  func hasConsent(squashed: Bool, in workspace: Workspace) throws -> Bool {
    let bytes = try Files.readIfPresent(Self.consentFile(workspace)) ?? []
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return lines.contains(Substring(consentKey.hex)) || squashed && lines.contains(Substring(squashedKey.hex))
  }

  func rememberConsent(squashed: Bool, in workspace: Workspace) throws {
    if try hasConsent(squashed: squashed, in: workspace) { return }
    let file = Self.consentFile(workspace)
    try workspace.repository.makeCloneState()
    let bytes = try Files.readIfPresent(file) ?? []
    try Files.writeAtomically(bytes + Array("\(squashed ? squashedKey : consentKey)\n".utf8), to: file)
    Files.share(file)
  }
}

extension Workspace {
  /// The settings without those that come from files of the work tree, which others have written and a local
  /// `include` brought in: they may not say where anything is sent.
  var userConfiguration: Configuration {
    guard let workTree = repository.workTree.flatMap(Files.canonical) else { return configuration }
    let own = [repository.gitDirectory, repository.commonDirectory].compactMap(Files.canonical).map {
      $0 + "/"
    }
    return Configuration(
      entries: configuration.entries.filter { entry in
        guard ["local", "worktree"].contains(entry.scope), entry.origin.hasPrefix("file:") else {
          return true
        }
        let path = String(entry.origin.dropFirst("file:".count))
        let file = path.hasPrefix("/") ? path : workTree + "/" + path
        guard let place = Files.canonical(file) else { return false }
        return own.contains(where: place.hasPrefix) || !place.hasPrefix(workTree + "/")
      })
  }
}

extension Workspace {
  /// The remotes that the user has, by name.
  package var remoteNames: [String] { Remote.names(in: userConfiguration).sorted() }
}

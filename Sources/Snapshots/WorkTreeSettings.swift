import Files
package import Git

/// What git's settings say of how a work tree is read.
package struct WorkTreeSettings: Sendable {
  var stat = StatRules()
  /// Ignore files beside those in the work tree, the more important last.
  var ignoreFiles: [String] = []
  /// Attribute files beside those in the work tree.
  var attributeFiles: [String] = []
  /// `core.autoCRLF`: line ends change without any attribute.
  var convertsLineEnds = false
  /// All settings by which content is changed.
  var conversionSettings: [String] = []
  /// Files that a sparse checkout does not expect are looked at all the same if they are there.
  var looksAtSkipped = false
  /// False where names or links mean something else to the file system than to git. Git itself must look then.
  var isPlain = true

  package init(_ configuration: Configuration, of repository: Repository) {
    func flag(_ key: String, default value: Bool) -> Bool {
      configuration.string(key).flatMap(Configuration.boolean) ?? value
    }
    stat.trustsMode = flag("core.filemode", default: true)
    stat.trustsChangeTime = flag("core.trustctime", default: true)
    stat.isMinimal = configuration.string("core.checkstat")?.lowercased() == "minimal"
    convertsLineEnds =
      configuration.string("core.autocrlf").map { Configuration.boolean($0) ?? true } ?? false
    conversionSettings = configuration.entries.filter {
      ["core.autocrlf", "core.eol"].contains($0.key) || $0.key.hasPrefix("filter.")
    }.map { "\($0.key)=\($0.value)" }
    looksAtSkipped =
      flag("core.sparsecheckout", default: false)
      && !flag("sparse.expectfilesoutsideofpatterns", default: false)
    isPlain =
      flag("core.symlinks", default: true) && !flag("core.ignorecase", default: false)
      && !flag("core.precomposeunicode", default: false)

    let environment = repository.git.environment
    let home = environment["HOME"] ?? ""
    let own = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.config"
    func file(_ key: String, default name: String) -> String {
      guard let value = configuration.string(key) else { return "\(own)/git/\(name)" }
      if value.hasPrefix("~/") { return home + value.dropFirst() }
      // Another user's home, or the place where git is installed.
      if value.hasPrefix("~") || value.hasPrefix("%(") { isPlain = false }
      return value.hasPrefix("/") || value.isEmpty ? value : "\(repository.workTree ?? "")/\(value)"
    }
    ignoreFiles = [
      file("core.excludesfile", default: "ignore"), repository.commonDirectory + "/info/exclude",
    ]
    let installed = Files.parent(of: Files.parent(of: repository.git.path))
    attributeFiles = [
      "/etc/gitattributes", "\(installed)/etc/gitattributes",
      file("core.attributesfile", default: "attributes"),
      repository.commonDirectory + "/info/attributes",
    ]
  }
}

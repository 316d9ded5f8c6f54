import Git

/// Our `git config` keys: value, origin, default, meaning.
package struct ListSettings {
  package init() {}

  package struct Report: Encodable, Sendable {
    package let settings: [Row]
    /// Keys below `session.` that mean nothing to this version, perhaps misspelt.
    package let unknown: [String]

    package struct Row: Encodable, Sendable {
      package let key: String
      /// More than one where a key may be repeated; the default where it is not set.
      package let values: [String]
      /// `file:/home/ada/.gitconfig`; nil if the default holds.
      package let origin: String?
      package let defaultValue: String
      package let meaning: String
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    report(workspace.configuration, personal: workspace.userConfiguration)
  }

  /// Where there is no repository: what is set for the user and the system.
  package func run(outside world: World) throws -> Report {
    let configuration = try Configuration(outside: world.git, in: world.currentDirectory)
    return report(configuration, personal: configuration)
  }

  private func report(_ configuration: Configuration, personal: Configuration) -> Report {
    let known = Set(Setting.all.map(\.listedKey))
    return Report(
      settings: Setting.all.map { setting in
        let configuration = setting.isPersonal ? personal : configuration
        let values = configuration.all(setting.listedKey)
        return Report.Row(
          key: setting.key, values: values.isEmpty ? [setting.defaultValue] : values,
          origin: configuration.entry(setting.listedKey)?.origin, defaultValue: setting.defaultValue,
          meaning: setting.meaning)
      },
      unknown: Set(
        configuration.entries.map(\.key).filter { $0.hasPrefix("session.") && !known.contains($0) }
      ).sorted())
  }
}

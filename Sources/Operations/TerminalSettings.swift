import Git

/// How git would treat the place that standard output goes to: with colours, a pager, a width.
///
/// Sources: `git help config` (color.ui, core.pager, pager.<cmd>), `git help git` (GIT_PAGER), and
/// https://no-color.org for `NO_COLOR`.
package struct TerminalSettings {
  private let configuration: Configuration
  private let environment: [String: String]
  private let output: World.Output

  package init(_ workspace: Workspace) { self.init(workspace.configuration, workspace.world) }

  /// Where there is no repository.
  package init(outside world: World) throws {
    self.init(try Configuration(outside: world.git, in: world.currentDirectory), world)
  }

  private init(_ configuration: Configuration, _ world: World) {
    self.configuration = configuration
    environment = world.environment
    output = world.output
  }

  /// git has started a pager already, and standard output goes there.
  private var isPagedByGit: Bool {
    !output.isTerminal && environment["GIT_PAGER_IN_USE"].flatMap(Configuration.boolean) == true
  }

  /// A terminal that can only write one line after another.
  package var isDumb: Bool { environment["TERM", default: "dumb"] == "dumb" }

  /// Whether to write colours; `isPaged` if it is to a pager.
  package func usesColor(isPaged: Bool) -> Bool {
    let value = configuration.string("color.session") ?? configuration.string("color.ui") ?? "auto"
    switch value.lowercased() {
    case "always": return true
    case "never": return false
    case "auto": break
    default: if Configuration.boolean(value) == false { return false }
    }
    if isDumb || !environment["NO_COLOR", default: ""].isEmpty { return false }
    guard isPaged || isPagedByGit else { return output.isTerminal }
    return configuration.string("color.pager").flatMap(Configuration.boolean) ?? true
  }

  /// Whether the locale says that characters beyond ASCII show.
  package var isUTF8: Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
    let locale = names.first { !$0.isEmpty }?.lowercased() ?? ""
    return locale.contains("utf-8") || locale.contains("utf8")
  }

  /// The columns of the terminal that shows it; nil if none does.
  package var columns: Int? {
    guard output.isTerminal || isPagedByGit else { return nil }
    let columns = environment["COLUMNS"].flatMap { Int($0) } ?? output.columns ?? 80
    return columns > 0 ? columns : nil
  }

  /// The command line of the pager to start; nil for none. `isReading` says whether this is a command that has much
  /// to read, `isAsked` whether the user has asked for a pager.
  package func pager(isReading: Bool, isAsked: Bool) -> String? {
    guard output.isTerminal else { return nil }
    let setting = configuration.string("pager.session")
    let flag = setting.flatMap(Configuration.boolean)
    guard isAsked || (flag ?? (setting != nil || isReading)) else { return nil }
    let own = flag == nil ? setting : nil
    let chosen =
      environment["GIT_PAGER"] ?? own ?? configuration.string("core.pager") ?? environment["PAGER"]
    // less only complains on a dumb terminal.
    let command = chosen ?? (isDumb && !isAsked ? "" : "less")
    return command.isEmpty || command == "cat" ? nil : command
  }

  /// What a pager sees: git's own settings for less and lv, where the user has none.
  package var pagerEnvironment: [String: String] {
    let settings = ["LESS": "FRX", "LV": "-c", "GIT_PAGER_IN_USE": "true"]
    return environment.merging(settings) { own, _ in own }
  }
}

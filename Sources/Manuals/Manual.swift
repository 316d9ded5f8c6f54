package import Commands
import Operations

/// The manual pages: `git-session.1`, and one page for each verb.
package struct Manual {
  private let tree: CommandTree

  package init(_ tree: CommandTree) { self.tree = tree }

  /// The pages by the name of their file.
  package var pages: [String: String] {
    let verbs = tree.root.verbs.map { ("git-session-\($0.commandName).1", page(of: $0)) }
    return Dictionary(uniqueKeysWithValues: verbs + [("git-session.1", mainPage)])
  }

  // MARK: - The page of the whole

  private var mainPage: String {
    var page = Self.page(named: "git-session", tree.root.abstract ?? "")
    page.macro("Nm", "git session")
    Self.synopsis(of: tree.root, in: &page)
    page.macro("Op Ar command Op Ar argument ...")
    page.macro("Sh DESCRIPTION")
    page.prose(tree.root.discussion ?? "")
    page.macro("Pp")
    page.prose("Without a command, 'git session status' runs.")
    Self.parameters(of: tree.root, in: &page)
    commands(in: &page)
    Self.settings(in: &page)
    Self.environment(in: &page)
    Self.files(in: &page)
    Self.exitStatus(in: &page)
    Self.seeAlso(["git-config", "git-log", "git-notes"] + tree.root.verbs.map(Self.name), in: &page)
    return page.text
  }

  private func commands(in page: inout Mdoc) {
    page.macro("Sh COMMANDS")
    for group in tree.groups {
      page.macro("Ss", Mdoc.escaped(group.name))
      page.macro("Bl -tag -width Ds")
      for verb in group.verbs.compactMap(tree.root.verb) {
        page.macro("It Xr", Mdoc.escaped(Self.name(of: verb)), "1")
        page.prose(verb.abstract ?? "")
      }
      page.macro("El")
    }
  }

  private static func settings(in page: inout Mdoc) {
    page.macro("Sh CONFIGURATION")
    page.prose(
      "These are set with 'git config'; 'git session config' shows what they are and where they are set.")
    page.prose(
      "core.pager, pager.session, color.ui, color.session and color.pager mean what they mean for git's own commands."
    )
    page.macro("Bl -tag -width Ds")
    for setting in Setting.all {
      page.macro("It Cm", Mdoc.escaped(setting.key))
      page.prose(setting.meaning)
      page.prose(
        setting.defaultValue.isEmpty ? "Unset by default." : "The default is \(setting.defaultValue).")
    }
    page.macro("El")
  }

  private static func environment(in page: inout Mdoc) {
    let variables = [
      ("GIT_PAGER", "The pager, before core.pager and PAGER; less without any. cat, or nothing, means none."),
      ("LESS", "What less is told; FRX if it is not set."),
      ("NO_COLOR", "If it is set and not empty, there are no colours unless color.ui is always."),
      ("COLUMNS", "The width of the terminal, if it is not to be asked."),
    ]
    page.macro("Sh ENVIRONMENT")
    definitions(variables, as: "Ev", in: &page)
  }

  private static func files(in page: inout Mdoc) {
    let files = [
      ("refs/sessions/*", "The sessions: chains of commits, the truth from which all else is made."),
      ("refs/notes/sessions", "The same for plain git: 'git log --notes=sessions'."),
      (
        "$GIT_COMMON_DIR/sessions/",
        "What one clone keeps for all its work trees: an index that may be deleted."
      ),
      (
        "$GIT_DIR/session/",
        "What one work tree remembers: its session, and what 'git session undo' reverses."
      ),
    ]
    page.macro("Sh FILES")
    definitions(files, as: "Pa", in: &page)
  }

  // MARK: - The page of a verb

  private func page(of verb: CommandTree.Command) -> String {
    var page = Self.page(named: Self.name(of: verb), verb.abstract ?? "")
    page.macro("Nm", Mdoc.escaped("git session \(verb.commandName)"))
    Self.synopsis(of: verb, in: &page)
    page.macro("Sh DESCRIPTION")
    page.prose(verb.abstract ?? "")
    if let discussion = verb.discussion { page.prose(discussion) }
    Self.parameters(of: verb, in: &page)
    Self.exitStatus(in: &page)
    let group = tree.groups.first { $0.verbs.contains(verb.commandName) }?.verbs ?? []
    let related = tree.root.verbs.filter {
      $0.commandName != verb.commandName && group.contains($0.commandName)
    }
    Self.seeAlso(["git-session"] + related.map(Self.name), in: &page)
    return page.text
  }

  // MARK: - What both have

  private static func name(of verb: CommandTree.Command) -> String { "git-session-\(verb.commandName)" }

  /// The head of a page, up to the synopsis.
  private static func page(named name: String, _ abstract: String) -> Mdoc {
    var page = Mdoc()
    page.macro("\\\" Made by share/generate from the texts of the program itself.")
    page.macro("Dd", CommandLineTool.date)
    page.macro("Dt", Mdoc.escaped(name.uppercased()), "1")
    page.macro("Os git\\-session", CommandLineTool.version)
    page.macro("Sh NAME")
    page.macro("Nm", Mdoc.escaped(name))
    // No full stop, and no capital: it goes on after the name.
    page.macro("Nd", Mdoc.escaped(abstract.prefix(1).lowercased() + abstract.dropFirst().drop(suffix: ".")))
    page.macro("Sh SYNOPSIS")
    return page
  }

  private static func synopsis(of command: CommandTree.Command, in page: inout Mdoc) {
    for option in command.options where option.valueName != "help" && option.valueName != "version" {
      let name = flag(option.spellings.first ?? "")
      let value = option.kind == .option ? " Ar \(Mdoc.escaped(option.valueName ?? ""))" : ""
      page.macro((option.isOptional ? "Op " : "") + name + value + (option.isRepeating ? " ..." : ""))
    }
    for argument in command.positionals {
      let word = "Ar \(Mdoc.escaped(argument.valueName ?? ""))" + (argument.isRepeating ? " ..." : "")
      page.macro((argument.isOptional ? "Op " : "") + (argument.isAfterTerminator ? "Fl \\- " : "") + word)
    }
  }

  private static func parameters(of command: CommandTree.Command, in page: inout Mdoc) {
    page.macro("Sh OPTIONS")
    page.macro("Bl -tag -width Ds")
    for argument in command.positionals {
      page.macro("It Ar", Mdoc.escaped(argument.valueName ?? ""))
      page.prose(meaning(of: argument))
    }
    for option in command.options {
      let value = Mdoc.escaped(option.valueName ?? "")
      let forms = option.spellings.map { spelling in
        guard option.kind == .option else { return flag(spelling) }
        return flag(spelling) + (spelling.hasPrefix("--") ? " Ns = Ns Ar " : " Ar ") + value
      }
      page.macro("It", forms.joined(separator: " , "))
      page.prose(meaning(of: option))
    }
    page.macro("El")
  }

  private static func meaning(of argument: CommandTree.Argument) -> String {
    let values = argument.allValues.map { "One of: \($0.joined(separator: ", "))." }
    let standard = argument.defaultValue.map { "The default is \($0)." }
    return [argument.abstract, values, standard].compactMap(\.self).joined(separator: " ")
  }

  /// `Fl q` for `-q`, `Fl \-quiet` for `--quiet`.
  private static func flag(_ spelling: String) -> String {
    "Fl " + Mdoc.escaped(String(spelling.dropFirst()))
  }

  private static func exitStatus(in page: inout Mdoc) {
    page.macro("Sh EXIT STATUS")
    let statuses = [
      ("0", "It is done."),
      ("1", "The answer is no: there is no session, a name is ambiguous, something differs."),
      ("128", "It cannot be done."), ("129", "The command line is wrong."),
    ]
    definitions(statuses, as: "Li", in: &page)
  }

  private static func definitions(_ list: [(String, String)], as macro: String, in page: inout Mdoc) {
    page.macro("Bl -tag -width Ds")
    for (word, meaning) in list {
      page.macro("It", macro, Mdoc.escaped(word))
      page.prose(meaning)
    }
    page.macro("El")
  }

  private static func seeAlso(_ names: [String], in page: inout Mdoc) {
    page.macro("Sh SEE ALSO")
    let sorted = names.sorted()
    for (index, name) in sorted.enumerated() {
      page.macro("Xr", Mdoc.escaped(name), "1" + (index == sorted.count - 1 ? "" : " ,"))
    }
  }
}

extension Substring {
  fileprivate func drop(suffix: String) -> Substring { hasSuffix(suffix) ? dropLast(suffix.count) : self }
}

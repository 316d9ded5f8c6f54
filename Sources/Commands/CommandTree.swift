import ArgumentParser

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The commands, options and arguments as the parser knows them: what manual pages and completion are made from.
///
/// Decoded from what ArgumentParser itself writes for `--experimental-dump-help` (its `ToolInfoV0`), the only form in
/// which it tells all.
package struct CommandTree {
  package let root: Command
  /// The verbs as `git session -h` groups them.
  package let groups: [Group]

  package struct Group: Sendable {
    package let name: String
    package let verbs: [String]
  }

  package struct Command: Decodable, Sendable {
    package let commandName: String
    package let abstract: String?
    package let discussion: String?
    private let arguments: [Argument]?
    private let subcommands: [Command]?

    /// All options, flags and arguments that help shows.
    package var parameters: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }
    package var options: [Argument] { parameters.filter { $0.kind != .positional } }
    package var positionals: [Argument] { parameters.filter { $0.kind == .positional } }
    package var verbs: [Command] { (subcommands ?? []).filter { $0.commandName != "help" } }

    package func verb(_ name: String) -> Command? { verbs.first { $0.commandName == name } }
  }

  package struct Argument: Decodable, Sendable {
    package enum Kind: String, Decodable, Sendable { case positional, option, flag }

    package struct Name: Decodable, Sendable {
      package let kind: String
      package let name: String

      /// As it is typed: `-q`, `--quiet`.
      package var spelling: String { (kind == "long" ? "--" : "-") + name }
    }

    package let kind: Kind
    package let isOptional: Bool
    package let isRepeating: Bool
    package let valueName: String?
    package let abstract: String?
    package let allValues: [String]?
    package let defaultValue: String?
    let shouldDisplay: Bool
    private let parsingStrategy: String
    private let names: [Name]?
    private let completionKind: CompletionKind?

    /// The parser's own form: one of these is there.
    private struct CompletionKind: Decodable, Sendable {
      struct Nothing: Decodable, Sendable {}
      struct Command: Decodable, Sendable { let command: String }

      let file: Nothing?
      let directory: Nothing?
      let shellCommand: Command?
    }

    /// The short name first, as manuals have it.
    package var spellings: [String] { (names ?? []).map(\.spelling).sorted { $0.count < $1.count } }

    enum Completion {
      case files, directories
      case command(String)
    }

    /// What a shell is to offer for its value; nil if there is nothing.
    var completion: Completion? {
      if completionKind?.file != nil { return .files }
      if completionKind?.directory != nil { return .directories }
      return completionKind?.shellCommand.map { .command($0.command) }
    }

    /// It stands behind `--` alone.
    package var isAfterTerminator: Bool { parsingStrategy == "postTerminator" }
  }

  package init() throws {
    struct Tool: Decodable { let command: Command }
    root = try JSONDecoder().decode(Tool.self, from: Data(GitSession._dumpHelp().utf8)).command
    groups = GitSession.configuration.groupedSubcommands.map { group in
      Group(name: group.name, verbs: group.subcommands.map { CommandLineTool.name(of: $0) })
    }
  }
}

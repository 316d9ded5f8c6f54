import ArgumentParser
import Operations

struct Branch: Verb {
  static let configuration = CommandConfiguration(
    commandName: "branch", abstract: "Create a branch with the content of a checkpoint.",
    discussion: "One commit on the checkpoint's base. HEAD, index and work tree stay as they are.")

  @Argument(help: "The name of the branch.") var name: String
  @Argument(help: "A checkpoint; the latest without it.", completion: .words(.objects)) var checkpoint =
    "@"
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try CreateBranch(name: name, checkpoint: checkpoint).run(in: workspace)
    try console.show(report) {
      [
        "Created branch \(console.style.name(report.branch)) at \(report.commit.prefix(8)) from \(report.checkpoint.name)"
      ]
    }
    return .success
  }
}

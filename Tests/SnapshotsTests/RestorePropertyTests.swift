import Git
import Snapshots
import TestSupport
import Testing

/// Random states, each saved, and random ways between them.
@Suite struct RestoreProperty {
  /// Each case goes through several states of one repository, back to a random one after each step, and from
  /// there back by the safety snapshot.
  @Test(arguments: 0..<50) func everyRestoreFollowsTheRules(seed: Int) throws { try restores(seed, .sha1) }

  @Test(arguments: 100..<104) func withLongNames(seed: Int) throws { try restores(seed, .sha256) }

  private func restores(_ seed: Int, _ format: ObjectFormat) throws {
    let lab = try Lab(format)
    lab.limits.maxUntrackedSize = GeneratedTree.maxUntrackedSize
    var generator = GeneratedTree(scratch: lab.scratch, random: Random(seed))
    var states: [Lab.Saved] = []
    for step in 0..<4 {
      try generator.change()
      let state = try lab.save()
      if let target = states.randomElement(using: &generator.random) {
        try restore(target, in: lab, "seed \(seed), step \(step), forth")
        try restore(state, in: lab, "seed \(seed), step \(step), back")
      }
      states.append(state)
    }
  }

  private func restore(_ target: Lab.Saved, in lab: Lab, _ place: Comment) throws {
    let now = try lab.save()
    let model = RestoreModel(before: now.files, current: now.tree, target: target)
    let outcome = try lab.restore(target)
    #expect(outcome.safety.tree == now.snapshot.tree, place)
    let after = lab.scratch.files
    #expect(outcome.plan.obstacles.isEmpty == !model.isForbidden, "\(place): \(outcome.plan.obstacles)")
    let differences = after.differences(from: outcome.plan.obstacles.isEmpty ? model.after : now.files)
    #expect(differences.isEmpty, place)
    try expectHeld(outcome, now, in: lab)
  }

  /// What was overwritten without being in the snapshot is in the tree of the held files.
  private func expectHeld(_ outcome: Lab.Outcome, _ now: Lab.Saved, in lab: Lab) throws {
    guard let tree = outcome.held else {
      #expect(outcome.plan.held.isEmpty || !outcome.plan.obstacles.isEmpty)
      return
    }
    let repository = try lab.scratch.open()
    let held = try repository.files(of: tree)
    #expect(Set(held.keys) == Set(outcome.plan.held))
    for (path, entry) in held {
      let text = String(decoding: try repository.object(entry.id, .blob), as: UTF8.self)
      let expected: FileTree.Entry =
        entry.mode == "120000" ? .link(text) : .file(text, executable: entry.mode == "100755")
      #expect(now.files[path] == expected)
    }
  }
}

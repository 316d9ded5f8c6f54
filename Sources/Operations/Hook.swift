/// The hooks of git that tell us something.
package enum Hook: String, CaseIterable, Codable, Sendable {
  case postCommit = "post-commit"
  case postRewrite = "post-rewrite"
  case postCheckout = "post-checkout"
  case postMerge = "post-merge"
  case postApplypatch = "post-applypatch"
  case prePush = "pre-push"

  /// Whether we read what git writes to the hook's standard input.
  var readsInput: Bool { self == .postRewrite || self == .prePush }

  /// The file in our folder in the git dir without which the hook starts no program. Most concern an active session
  /// alone; what is rewritten or pushed later concerns one that rests or has ended too.
  var marker: String { readsInput ? "state.json" : "active" }
}

/// The hooks of git that tell us something.
package enum Hook: String, CaseIterable, Codable, Sendable {
  case postCommit = "post-commit"
  case postRewrite = "post-rewrite"
  case postCheckout = "post-checkout"
  case postMerge = "post-merge"
  case postApplypatch = "post-applypatch"
  case prePush = "pre-push"

  /// Whether we read what git writes to the hook's standard input.
  var readsInput: Bool { self == .postRewrite }
}

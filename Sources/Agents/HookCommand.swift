/// The lines of a shell by which agents run this program, and are run themselves.
package enum HookCommand {
  /// The assignment that finds this program: where it lies now, or else on the user's `PATH`. A file that others get
  /// names no place: `program` is nil for it.
  package static func finding(_ program: String?) -> String {
    let find = "g=$(command -v git-session 2>/dev/null)"
    guard let program else { return find }
    return "g='\(program.replacing("'", with: #"'\''"#))'; [ -x \"$g\" ] || \(find)"
  }
}

extension Agent {
  /// What it runs at each of its hooks. Without this program it is nothing.
  package func command(program: String?) -> String {
    "\(HookCommand.finding(program)) || exit 0; exec \"$g\" hook \(name)"
  }

  /// What takes a run up again; nil for a name that a shell would not take as it stands, or as an option.
  package func resuming(_ run: String) -> String? {
    guard let first = run.unicodeScalars.first, first != "-",
      run.unicodeScalars.allSatisfy({
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains($0))
      })
    else { return nil }
    return "\(resume) \(run)"
  }
}

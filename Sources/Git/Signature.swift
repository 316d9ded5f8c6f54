/// Who makes a commit, and when.
package struct Signature: Hashable, Sendable {
  package let name: String
  package let email: String
  /// Since 1970; written in UTC.
  package let seconds: Int64

  package init(name: String, email: String, seconds: Int64) {
    self.name = name
    self.email = email
    self.seconds = seconds
  }

  /// Where the configuration names nobody.
  static let unnamed = (name: "git-session", email: "git-session@localhost")

  /// As the headers of a commit hold it; what would break the header is dropped, as git does.
  var header: String {
    func clean(_ text: String) -> String {
      String(String.UnicodeScalarView(text.unicodeScalars.filter { !"<>\n\0".unicodeScalars.contains($0) }))
    }
    return "\(clean(name)) <\(clean(email))> \(seconds) +0000"
  }
}

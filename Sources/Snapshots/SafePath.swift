package import Git

/// Whether a path from a tree may be written into a work tree. A tree that somebody else made can name anything.
package enum SafePath {
  /// Refuses absolute paths, `.`, `..`, empty components, and `.git` in every spelling that some file system
  /// takes for it: any case, HFS+ with its ignored characters, NTFS with its short name, trailing dots and
  /// spaces, streams and backslashes.
  package static func isSafe(_ path: RepositoryPath) -> Bool {
    !path.bytes.contains(0)
      && path.components.allSatisfy { component in
        !component.isEmpty && component != Array(".".utf8)[...] && component != Array("..".utf8)[...]
          && component.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false)
            .allSatisfy { !isDotGit($0) }
      }
  }

  private static func isDotGit(_ component: ArraySlice<UInt8>) -> Bool {
    // The characters that HFS+ ignores when it compares names.
    let ignored: (Unicode.Scalar) -> Bool = {
      (0x200c...0x200f).contains($0.value) || (0x202a...0x202e).contains($0.value)
        || (0x206a...0x206f).contains($0.value) || $0.value == 0xfeff
    }
    let scalars = String(decoding: component, as: UTF8.self).unicodeScalars.filter { !ignored($0) }
    let visible = String(String.UnicodeScalarView(scalars)).lowercased()
    let name = visible.prefix { $0 != ":" }
    let stem = name[..<(name.lastIndex { $0 != "." && $0 != " " }.map(name.index(after:)) ?? name.startIndex)]
    return stem == ".git" || stem == "git~1"
  }
}

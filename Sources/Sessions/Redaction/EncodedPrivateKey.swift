/// A private key with the lines that begin and end it, all of it in base64: in a Secret of Kubernetes, or as `base64`
/// prints it, in lines of one length.
enum EncodedPrivateKey {
  private static let kind = "private-key"
  /// `-----BEGIN PRIVATE KEY-----`, and with what stands before `PRIVATE`: RSA, EC, DSA, OPENSSH, ENCRYPTED, PGP.
  private static let beginnings = [
    "QUklWQVRFIEtFWS0tLS0t", "SU0EgUFJJVkFURSBLRVktLS0tL", "FQyBQUklWQVRFIEtFWS0tLS0t",
    "EU0EgUFJJVkFURSBLRVktLS0tL", "PUEVOU1NIIFBSSVZBVEUgS0VZLS0tLS",
    "FTkNSWVBURUQgUFJJVkFURSBLRVktLS0tL", "QR1AgUFJJVkFURSBLRVkgQkxPQ0stLS0tL",
  ].map { Array(("LS0tLS1CRUdJTiB" + $0).utf8) }
  /// What hyphens are in it, behind a line end.
  private static let ending = ["LS0", "tLS"].map { Array($0.utf8) }

  /// `place` is where the hyphens may stand.
  static func find(in text: Excerpt, at place: Int) -> Finding? {
    guard text.isBoundary(before: place) else { return nil }
    var range = place..<text.skip(.base64, from: place)
    let first = text.meaning(range)
    guard beginnings.contains(where: { first.starts(with: $0) && first.count >= $0.count + 16 }) else {
      return nil
    }
    var ranges = [range]
    while true {
      let start = text.skip(.space, from: range.upperBound, atMost: 64)
      range = start..<text.skip(.base64, from: start, atMost: first.count + 1)
      let line = text.meaning(range)
      let isWhole = line.count == first.count
      guard start > ranges[ranges.count - 1].upperBound, isWhole || line.count < first.count && isEnd(line)
      else {
        break
      }
      ranges.append(range)
      if !isWhole { break }
    }
    let isCut = text.isCut && range.upperBound == text.end
    return Finding(kind: kind, ranges: ranges, continues: isCut ? .base64 : nil)
  }

  /// The last line holds some of the hyphens at the end.
  private static func isEnd(_ line: [UInt8]) -> Bool {
    line.indices.contains { place in ending.contains { line[place...].starts(with: $0) } }
  }
}

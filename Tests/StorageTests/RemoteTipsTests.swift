import Files
import Git
import Sessions
import TestSupport
import Testing

@testable import Storage

/// What is known of a remote about archived sessions.
@Suite struct RemoteTipsSuite {
  private let lab: Laboratory
  private let sessions = [Laboratory.session(2), Laboratory.session(3)]
  private let before: [Tip]
  private var tips: RemoteTips { RemoteTips(lab.repository) }

  /// Two ended sessions that a remote has, the first of them archived.
  init() throws {
    let lab = try Laboratory()
    self.lab = lab
    for session in sessions {
      try lab.begin("a", in: session)
      try lab.append([.lifecycleChanged(.complete)], as: "a", in: session)
    }
    before = try sessions.flatMap { try lab.repository.tips(of: $0) }
    try RemoteTips(lab.repository).note(before, of: "up/stream")
    try archive(sessions[0])
  }

  private func archive(_ session: SessionID) throws {
    var writer = try ArchiveWriter(lab.repository, signature: lab.signature, writer: Laboratory.writer("a"))
    try writer.archive([lab.history(in: session)], batch: try lab.batch())
  }

  private func references() throws -> [String] {
    try lab.repository.references(under: "refs/sessions-remote/").map(\.name)
  }

  private func reference(_ position: Int) -> String { before[position].reference.name(of: "up/stream") }

  @Test func archivedOnesLeaveTheirReferences() throws {
    #expect(try tips.settle() == 1)
    #expect(try references() == [reference(1)])
    #expect(try Set(tips.all(of: "up/stream")) == Set(before))
    #expect(try tips.all(of: "up").isEmpty)
    #expect(try tips.settle() == 0)
    try archive(sessions[1])
    #expect(try tips.settle() == 1)
    #expect(try references().isEmpty)
    #expect(try Set(tips.all(of: "up/stream")) == Set(before))
  }

  /// The file is written, and then the power fails; or the reference is newer.
  @Test func theReferenceCounts() throws {
    try tips.settle()
    try lab.scratch.git("update-ref", reference(0), before[0].commit.hex)
    #expect(try Set(tips.all(of: "up/stream")) == Set(before))
    #expect(try tips.settle() == 1)
    #expect(try references() == [reference(1)])
    let newer = try lab.append([.lifecycleChanged(.reopen)], as: "a", in: sessions[0])
    try lab.scratch.git("update-ref", reference(0), newer.commit.id.hex)
    #expect(try tips.all(of: "up/stream").map(\.commit).contains(newer.commit.id))
    #expect(try tips.all(of: "up/stream").count == 2)
    #expect(try tips.settle() == 0, "the session goes on")
    try lab.append([.lifecycleChanged(.complete)], as: "a", in: sessions[0])
    try archive(sessions[0])
    #expect(try tips.settle() == 1, "the archive is further on")
    #expect(try tips.all(of: "up/stream").map(\.commit).contains(newer.commit.id))
  }

  @Test func whatIsNotHereStays() throws {
    try lab.scratch.commit("of the user")
    let user = try lab.git("rev-parse", "HEAD")
    let odd = "refs/sessions-remote/up/stream/\(sessions[0])/99999999"
    try lab.scratch.git("update-ref", odd, user)
    try lab.scratch.git("update-ref", reference(0), user)
    try lab.scratch.git("update-ref", "refs/sessions-remote/x", user)
    #expect(try tips.settle() == 0)
    #expect(try references().count == 4)
  }

  @Test func whatIsSentOfAnArchivedOneIsListed() throws {
    let archived = try lab.repository.tips(of: sessions[0])
    try tips.note(archived, of: "up/stream")
    try tips.note(archived, of: "other")
    #expect(try references() == [reference(1)])
    #expect(try tips.all(of: "other") == archived)
  }

  @Test func aRemoteIsComparedWithWhatIsKnown() throws {
    try tips.settle()
    let known = try tips.all(of: "up/stream")
    #expect(try tips.missing(of: before, at: "up/stream", known: known).isEmpty)
    let moved = Tip(reference: before[0].reference, commit: before[1].commit)
    #expect(try tips.missing(of: [moved, before[1]], at: "up/stream", known: known) == [moved.reference])
    // What has gone there is forgotten, in whichever place it stood.
    #expect(try tips.missing(of: [], at: "up/stream", known: known).isEmpty)
    #expect(try tips.all(of: "up/stream").isEmpty)
    // What is archived here need not be fetched, the other one gets its reference.
    #expect(try tips.missing(of: before, at: "up/stream", known: []) == [before[1].reference])
    #expect(try tips.all(of: "up/stream") == [before[0]])
  }

  @Test func aDamagedFileIsAsGoodAsNone() throws {
    try tips.settle()
    let path = lab.repository.cloneState + "/remote-tips"
    for content in ["", "nonsense\n", "# pack-refs with: sorted \nxyz \(reference(0))\n", "\0\0\0"] {
      try Files.writeAtomically(Array(content.utf8), to: path)
      #expect(try tips.all(of: "up/stream") == [before[1]])
      #expect(try tips.missing(of: before, at: "up/stream", known: [before[1]]).isEmpty)
      #expect(try Set(tips.all(of: "up/stream")) == Set(before))
    }
  }
}

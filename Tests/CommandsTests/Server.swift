import Foundation
import TestSupport

/// A server on the loopback that ends with this value.
final class Server {
  let port: Int
  private let process: RunningProgram

  private init(_ process: RunningProgram, port: Int) {
    self.process = process
    self.port = port
  }

  deinit {
    process.kill()
    process.wait()
  }

  /// `.ci/run` brings all servers, so that a test which cannot have one fails there.
  private static let isExpected = ProcessInfo.processInfo.environment["CI"] == "true"

  static let hasPython = isExpected || program("python3") != nil

  /// OpenSSH's server, which is started by its whole path.
  private static let sshd = [
    ProcessInfo.processInfo.environment["SSHD"] ?? "", "/usr/sbin/sshd", "/usr/bin/sshd",
  ]
  .first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Started as root it wants a folder that the system makes with the service.
  static let hasSSH =
    isExpected || sshd != nil && (getuid() != 0 || FileManager.default.fileExists(atPath: "/run/sshd"))

  private static func program(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// The repositories beside the work tree, for those who know the user name and the password.
  static func http(_ terminal: Terminal, credentials: String) throws -> Server {
    let root = terminal.repository.root
    let process = try start(["serve-http", root, credentials, root + "/port"], terminal)
    return Server(process, port: try wait { Int(text(root + "/port")) })
  }

  /// A server that lets in the one key that this makes, under the name `box` in the user's own ssh settings.
  static func ssh(_ terminal: Terminal) throws -> Server {
    let root = terminal.repository.root
    try terminal.output("mkdir -m 700 ../home/.ssh; ssh-keygen -q -t ed25519 -N '' -f ../home/.ssh/id")
    try terminal.output(
      "ssh-keygen -q -t ed25519 -N '' -f ../host; cp ../home/.ssh/id.pub ../keys; chmod 600 ../keys")
    let port = Int.random(in: 20_000...60_000)
    let server = """
      Port \(port)
      ListenAddress 127.0.0.1
      HostKey \(root)/host
      PidFile \(root)/sshd.pid
      AuthorizedKeysFile \(root)/keys
      PasswordAuthentication no
      StrictModes no
      UsePAM no
      """
    // ssh looks for its settings where the user's account says, not where HOME does.
    let client = """
      Host box
      HostName 127.0.0.1
      Port \(port)
      IdentityFile \(root)/home/.ssh/id
      IdentitiesOnly yes
      StrictHostKeyChecking no
      UserKnownHostsFile /dev/null
      LogLevel ERROR
      """
    try terminal.repository.write("../sshd_config", server + "\n")
    try terminal.repository.write("../home/.ssh/config", client + "\n")
    try terminal.output("git config --global core.sshCommand 'ssh -F \(root)/home/.ssh/config'")
    let process = try start([sshd ?? "sshd", "-D", "-e", "-f", root + "/sshd_config"], terminal)
    _ = try wait { try terminal.run("ssh -F ../home/.ssh/config box true").status == 0 ? port : nil }
    return Server(process, port: port)
  }

  private static func start(_ command: [String], _ terminal: Terminal) throws -> RunningProgram {
    try RunningProgram(
      command[0], Array(command.dropFirst()), environment: terminal.repository.environment)
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  private struct NotReady: Error {}

  private static func wait(_ ready: () throws -> Int?) throws -> Int {
    for _ in 0..<200 {
      if let port = try ready() { return port }
      Thread.sleep(forTimeInterval: 0.05)
    }
    throw NotReady()
  }
}

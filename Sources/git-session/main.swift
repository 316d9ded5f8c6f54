import Commands
import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

let status = CommandLineTool.run(Array(CommandLine.arguments.dropFirst()), in: .live)
Interruption.takeEffect()
exit(status)

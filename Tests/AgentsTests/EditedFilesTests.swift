import Agents
import Sessions
import Testing

@Suite struct EditedFilesTests {
  @Test(arguments: [
    (#"{"tool_name":"Write","tool_input":{"file_path":"/w/a b.ts","content":"x"}}"#, ["/w/a b.ts"]),
    (#"{"tool_name":"NotebookEdit","tool_input":{"notebook_path":"/w/n.ipynb"}}"#, ["/w/n.ipynb"]),
    (#"{"tool_name":"Bash","tool_input":{"command":"cat /w/a"}}"#, []),
    (
      #"{"tool_input":{"command":"*** Begin Patch\n*** Add File: src/a\n+*** Add File: no\n*** Update File: b\n*** Move to: c\n@@\n*** Delete File: d\n*** End Patch\n"}}"#,
      ["src/a", "b", "c", "d"]
    ),
    (#"{"tool_input":{"file_path":7}}"#, []), (#"{"tool_input":"x"}"#, []), ("[]", []),
    (#"{"tool_input":{"file_path":"a\u0000b"}}"#, []),
  ])
  func areNamed(payload: String, files: [String]) throws {
    #expect(EditedFiles.named(in: try JSONValue(parsing: Array(payload.utf8))) == files)
  }
}

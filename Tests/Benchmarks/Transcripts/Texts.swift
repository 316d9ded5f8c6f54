/// What transcripts consist of, invented.
enum Texts {
  static let prose = """
    The retry limit is in place: the webhook gives up after five attempts and says so in the log. I have looked at the
    callers as well; three of them pass a token through, which is not what the interface says. Next I will write the
    tests, then the same for the second webhook, and at last the documentation. Nothing else was changed.

    """

  static let code = """
    export async function deliver(hook: Webhook, token: string): Promise<Result> {
      const password = process.env.HOOK_PASSWORD ?? "";
      for (let attempt = 0; attempt < MAX_RETRY; attempt++) {
        const response = await fetch(hook.url, { headers: { Authorization: `Bearer ${token}` } });
        if (response.ok) { return { kind: "done", attempt, secret: hook.secret }; }
        await sleep(2 ** attempt * 100 + Math.random() * 50);  // See https://example.test/backoff
      }
      throw new DeliveryError(`gave up after ${MAX_RETRY} attempts`);
    }

    """

  static let line: String = {
    let text = (prose + code).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
      "\n", with: "\\n")
    return """
      {"parentUuid":"3f4939a8-6198-4740-ad73-4dbadeb6ff8b","isSidechain":false,"type":"assistant","message":{"id":\
      "msg_01FixAaaa","type":"message","role":"assistant","model":"some-model","content":[{"type":"text","text":\
      "\(text)"}],"stop_reason":"tool_use","usage":{"input_tokens":6,"cache_creation_input_tokens":31200,\
      "cache_read_input_tokens":0,"output_tokens":70}},"requestId":"req_01FixAaaa","uuid":\
      "3e022474-53a1-4d40-acbd-0a45e9822aa5","timestamp":"2026-11-20T09:00:06.000Z","cwd":"/home/dev/work"}

      """
  }()

  static let noise =
    "{\"type\":\"api-request\",\"body\":\"" + String(line.dropLast().replacing("\"", with: "'").prefix(1500))
    + "\"}\n"

  /// Digits of base64 without a pattern.
  static let picture: String = {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var state: UInt64 = 7
    return String(
      (0..<200_000).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return digits[Int(state >> 58)]
      })
  }()

  static let secrets = """
    export API_KEY=q7Rz2mXw9KtB4nVc6LpY8
    postgres://app:s3cr3t@db.test/x
    Authorization: Bearer q7Rz2mXw9KtB4nVc6LpY8
    """ + "\n" + prose

  static let all = [
    ("lines of a transcript", line), ("prose", prose), ("code", code), ("base64", picture),
    ("many secrets", secrets),
  ]

  /// Each makes a rule look as far as it may, as often as possible.
  static let hostile = [
    "\\", "-", "password=", "password='", "password = ", "-----BEGIN PRIVATE KEY-----", "https://a:",
    "token: \"",
    "eyJaaaaaaaaaaaa/", "eyJaaaaaaaaaa.", "[redacted:", "\"signature\":\"", "AAAAAAAA:AA", "--token ",
    "sk-ant-",
    "\\u0073", "Authorization: ", "Authorization:a", "aaaaaaaaaaaaaa.atlasv1.", "https://", "sig=&", "s\\",
    "curl -u ", "curl 'a:\"", "mysql -p'", "redis-cli -a a ", "cookie:a=b;c=", "Cookie: a=",
    "machine a login ",
    "user=a password=",
  ]
}

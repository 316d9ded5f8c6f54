import Sessions
import TestSupport
import Testing

/// What is secret by the command, the connection string, the file or the header that it stands in: by itself, in a
/// string of JSON, and in JSON in one. All values are invented.
@Suite struct RedactionPlaceSuite {
  /// `‹…›` is around what has to go.
  private static let connections = [
    "psql \"host=db user=app password=‹Hunter2Zq› sslmode=require\"", "password=‹letmein› host=db",
    "dsn: \"host=localhost user=gorm password=‹gorm1234x› dbname=gorm port=9920\"",
    "psql 'host=db port=5432 user=app password=‹S3cret›'", "host=db  user=app  password=‹a.b1c›",
    "CONNECTION 'host=db user=app password=‹S3c;r,e&t›'", "(host=db user=app password=‹S3cret9›)",
    "(host=db user=app password=‹S3cret9›), again", "no host=db user=app password=‹S3cret9›, 2 attempts",
    "mysql_user: name=app password=‹S3cret9› host=a state=present", "\tUSER=app password=‹S3cret9›\n",
    "host=db user=app password=‹S3c;ret› sslmode=require",
    "sql.Open(\"mysql\", \"app:‹S3cretPass9›@tcp(127.0.0.1:3306)/shop?parseTime=true\")",
    "DSN is app:‹pa:ss/w@rd›@unix(/run/mysqld.sock)/shop here", "dsn = \"root:‹hunter2›@tcp(db)/x\"",
  ]

  private static let commands = [
    "mysql -p'‹S3cret!pass›'", "mysql -u root -p\"‹S3cret!pass›\" app", "mysqldump -BNp'‹S3c(ret›' app",
    "mysql -p'‹S3cret pass›' app", "ssh h \"mysql -uroot -p'‹S3cret!›' <x.sql\"",
    "mysql -N -e 'a b' -p‹S3cret9›",
    "curl -uadmin:‹S3cretPass9› https://a.test", "curl -su admin:‹S3cretPass9› x",
    "curl -fsSLuadmin:‹S3cret›",
    "curl --user=admin:‹S3cretPass9› x", "curl --user='admin:‹S3cretPass9›' x", "curl -u'a:‹S3cret 9›' x",
    "curl -u admin:'‹S3cretPass9›' x", "curl --user \"admin:‹S3c{ret›\" x", "curl \"-u\" \"ada:‹S3cret›\" x",
    "curl -d '{\"a\": [1, \"b\"]}' -u ada:‹hunter22› x",
    "curl -X POST \\\n  -H 'A: b' \\\n  -u ada:‹hunter22› x",
    "curl --proxy-user=a:‹S3cret› -u $USER:$PASS x", "curl -u :‹S3cret› x",
    "curl -w ':%{http_code}' -u ada:‹hunter22› x",
    "sshpass -p‹S3cretPass9› ssh h", "sshpass -p'‹S3cret Pass9›' ssh h", "sshpass -vp ‹letmein› ssh h",
    "docker login -u me -p ‹S3cretPass9›", "docker login -p‹S3cretPass9› r.test",
    "podman login -p '‹S3cret›' -u a",
    "docker login r.test -u me -p=‹S3cretPass9›", "redis-cli -a ‹S3cretPass9›",
    "redis-cli -h h -p 6379 -a '‹S3cretPass9›' --no-auth-warning ping",
    "openssl enc -aes-256-cbc -in a -pass pass:‹S3cretPass9›",
    "openssl rsa -passin 'pass:‹S3cretPass9›' -in a",
    "openssl pkcs12 -export -passin pass:‹S3cretPass9› -passout pass:‹S3cretPass8› -out a",
    "openssl req -passout pass:'‹S3cret!›' -out a", "/usr/bin/redis-cli -a ‹S3cretPass9›; docker ps -a",
  ]

  private static let files = [
    "machine h login me password ‹S3cretPass9›", "machine a.test\n  login me\n  password ‹letmein›\n",
    "machine h password ‹S3cret9› login me", "machine h login me port 993 password ‹S3cret9›",
    "machine h\r\nlogin me\r\naccount x\r\npassword ‹S3cret9›\r\n",
    "machine a login $U password $P\nmachine b login c password ‹S3cret9›",
  ]

  private static let cookies = [
    "Cookie: sessionid=‹1f2e3d4c5b6a›", "Set-Cookie: sid=‹1f2e3d4c5b6a›; Path=/; HttpOnly",
    "> cookie: theme=dark; PHPSESSID=‹298zf09hf012›; csrftoken=‹u32t4o3tb3gg43›; _gat=1",
    "curl -H 'Cookie: a.sid=‹s%3A1f2e:3d4c.5b6a›' https://a.test", "-Set-Cookie: auth=‹839201›; Secure",
    "headers: { Cookie: \"a=b; token=‹1f2e3d4c›\" }", "{\"cookie\": \"id=‹1f2e3d4c5b6a›; a=b\", \"b\": 1}",
    "{\"set-cookie\":[\"a=‹1f2e3d4c›; Path=/\",\"b=c\", \"d=‹5b6a7988›; Path=/x1234567\"],\"e\":\"f=1f2e3d4c\"}",
    "Cookie: a=‹1f2e3d4c›; b=‹" + String(repeating: "1f2e3d4c", count: 700) + "›; c=d",
  ]

  /// What fills up a value, and what only looks like it.
  private static let fillers = [
    "DB_PASSWORD=‹aB3%dk29ZqLm›", "API_TOKEN=‹aB3%sk29ZqLm›", "DB_PASSWORD=‹S3cret----Pass9›",
    "DB_PASSWORD=‹S3cret...Pass9›", "password: \"‹S3cret...Pass9›\"", "DB_PASSWORD='‹S3####cret9›'",
    "https://app:‹S3%secret9›@db.test", "mysql -p‹S3cret----Pass9›",
  ]

  /// In the middle of a sentence, where a word is no password, and a name of a program none either.
  private static let sentences = [
    "use password=‹Xk93kd0f2jLq8› on staging", "the password: ‹Xk93kd0f2jLq8› then go on",
    "db_password = ‹a1b2c3d4› works", "(password=‹Xk93kd0f2jLq8›)",
    "password ist nun: passwd: ‹q7Rz2m9X›, danach",
  ]

  @Test(arguments: connections + commands + files + sentences)
  func isRedacted(marked: String) throws {
    try RedactedText.check(marked, "secret")
  }

  @Test(arguments: cookies)
  func cookiesAreRedacted(marked: String) throws {
    try RedactedText.check(marked, "cookie")
  }

  @Test(arguments: fillers)
  func fillersByChanceAreRedacted(marked: String) throws {
    try RedactedText.check(marked, marked.contains("://") ? "url-password" : "secret")
  }

  @Test(arguments: [
    // Parts of connection strings, and arguments.
    "f(password=args.password, user='postgres')", "f(host=h, user=u, password=pw1)",
    "password=pw1 and host = a",
    "\"host=%s user=%s password=%s dbname=%s\"", "f\"host={h} user={u} password={p} port={n}\"",
    "\"host=\" + h + \" user=\" + u + \" password=\" + p", "'host=a user=b password='",
    "host=a password=$PW x",
    "host=a password=${PW} port=1", "host == a password=pw1", "host=a\npassword=pw1(x)",
    "ghost=a password=pw1 x=y",
    "connect(host=a, password=password, db=b)",
    "fmt.Sprintf(\"%s:%s@tcp(%s:%d)/%s\", u, p, h, n, d)", "root:@tcp(localhost)/x",
    "user:password@tcp(host)/x",
    "app@tcp(host)/x", "app:$PASS@tcp(host)/x", "bob:hunter22@tcpdump",
    // Options that mean something else, or have no value.
    "ls -p foo1", "docker ps -a", "docker run -p 8080:80 x", "redis-cli -h host1 -p 6379",
    "tar -pxf a1234.tar",
    "curl -u name https://a.test:8080", "curl -su name1 x", "curl -Hu admin:hunter22", "curl -o u:hunter22 x",
    "curl --user-agent a:hunter22", "curl --url https://a.test:hunter2", "curl -uadmin x", "curl -u a: x",
    "mysql -u root -p", "mysql -p app1 -u root", "mysql -P3306 -h db", "mysql -hup1234 app",
    "mysql -p\"$PW\" app",
    "mysql -p${PW} app", "mysql -p'$(cat pw1)' app", "mysql -p`cat pw1.txt` app",
    "`mysql -p` or `mysql -u1234`",
    "[\"mysql -p\", \"abcd1234\"]", "[\"docker login \", \"-a \", \"x \", \"-pabcd1234\"]",
    "{\"a\":\"mysql -p\",\"b\":\"-u a:bcde1234\"}",
    "run('mysql -p'+pw1+' db')",
    "run(\"mysql -p'\" + pw + \"' db1\")", "'mysql -p'.$pw1.' db'", "f\"mysql -p'{cfg.pw1}' db\"",
    "mysql -p%s x",
    "bash -c \"mysql -u root -p\" && echo \"done 1\"", "sshpass -p \"${{ secrets.PW }}\" ssh h",
    "sshpass -p $$PW ssh h", "sshpass -e ssh -p 2222 h", "sshpass -f pw1 ssh h", "sshpass -p -v x1234",
    "docker login -u me --password-stdin", "docker login -u $U -p $P", "docker login -p=$PASS",
    "docker logs -p abc1",
    "docker login -u <user> -p <password>", "redis-cli -a $REDIS_PASSWORD", "redis-cli -a \"$(cat pw)\" ping",
    "docker login a.test && docker run -p abcd1234 x", "openssl rsa -passin env:S3CRET1 -in a",
    "openssl rsa -passin file:/etc/pw1", "openssl rsa -passin pass:$PASS",
    "openssl rsa -passin pass:\"\" -in a1234",
    "openssl dgst -sha256 pass:abcd1234", "curl x & sshd -u a:bcde1234", "curl -s x | ssh -u a:bcde1234",
    "`redis-cli -a`, then more1234", "curl -u user:password x",
    "curl -s $env:URL1 -u \"a:$env:PASS\"",
    // Sentences, and entries without a password.
    "The machine learning password cracker", "machine h login me", "the machine must login with password abc",
    "machine h login $U password $P", "machine h login me password <password>",
    "state machine login form password1",
    "so password = utf8_to_utf16_dup was called", "the password=sha256 of it", "a password: base64x2 as well",
    "then password=a1b2c3 is short", "password=d1/e2f3/a4b5.x(1) and on", "password=a.b1c2d3e4.f in it",
    // Cookies.
    "Cookie: theme=dark; lang=en-US", "cookie: string;", "cookie: req.headers.cookie",
    "Cookie: <name>=<value>",
    "Cookie: session=$SESSION; a=${B}", "{ Cookie: \"session_id=\" + id1 }", "setCookie: id=1f2e3d4c5b6a",
    "session_cookie: a=1f2e3d4c5b6a",
    "Set-Cookie: a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/x1y2z3w4",
    "cookie: { maxAge: 86400000 }", "Cookie: session=%s", "{\"Cookie\":\"sid=\",\"b\":\"1f2e3d4c5b6a\"}",
    "[\"Cookie:\",\"sid=1f2e3d4c5b6a\"]", "A cookie: a1b2c3d4 = x", "cookie: str = a1b2c3d4e5",
    "{\"cookie\":12345678,\"sid\":1}", "Cookie: JSESSIONID=xxxxxxxxxxxx1",
    // Fillers.
    "\"password=%s\"", "password=...", "token=abc...", "DB_PASSWORD=%(password)s",
    "https://user:%s@host.test/x",
    "\"%s:%s@%s\"", "API_KEY=...9f8e7d6c", "API_KEY=9f8e7d6c...5b4a3920", "TOKEN=ghp_****************1234",
    "PASSWORD=a1****z9", "password = \"user%dpass\"", "secret: \"projects/%s/secrets/v1\"",
    "password: 4...64",
    "DB_PASSWORD=xxxx-xxxx-1234", "API_KEY=sk-1-xxxxxxxxxxxx-AAAA", "password=f\"pw-%s-1\"",
    "PASSWORD=$$DB_PASSWORD",
    "{\"password\": \"%s-%d\"}", "API_KEY=1234....", "Authorization: Bearer a1b2c3...x9y8z7",
  ])
  func stays(text: String) throws {
    try RedactedText.check(text, becomes: text)
  }

  /// Where one secret hides from a rule where another stands.
  @Test(arguments: [
    "curl -p\"x curl -u ada:hunter22 -p'\"set-cookie\":[\"', x",
    "sshpass -p 'PASSWORD=hunter22\", x: curl -u 'a",
    "\"Cookie\":[\"a=b; password='a1b2c3d4\", \"b=a1b2c3d4'\", \"c=a1b2c3d4\"]",
    "Cookie: a=b; PASSWORD=a1b2\"; c=a1b2c3d4",
  ])
  func doingItAgainChangesNothing(text: String) throws {
    for json in RedactedText.spellings(text) {
      let once = Redaction.standard.redact(json.canonical)
      #expect(throws: Never.self) { try JSONValue(parsing: once) }
      #expect(Redaction.standard.redact(once) == once)
    }
  }

  @Test func eachValueMayBeAllowed() throws {
    let redaction = Redaction(adding: [], allowing: [try BytePattern("pass-[0-9]*")])
    for (text, expected) in [
      ("curl -u a:pass-1234 -U b:S3cret9 x", "curl -u a:pass-1234 -U b:[redacted:secret] x"),
      ("curl -u a:S3cret9 -U b:pass-1234 x", "curl -u a:[redacted:secret] -U b:pass-1234 x"),
      ("Cookie: sid=pass-1234; id=pass-2345", "Cookie: sid=pass-1234; id=pass-2345"),
    ] {
      #expect(redaction.redact(text) == expected)
    }
  }
}

/// The forms of secrets that tell what they are, as their issuers document them.
///
/// A new one is a line here and a sample in `KnownSecretTests.swift`. Lengths that an issuer does not promise are
/// lower bounds.
enum KnownSecrets {
  static let all: [SecretPattern] = forms.compactMap { kind, pattern in
    do throws(BytePattern.Malformed) {
      return try SecretPattern(kind, BytePattern(pattern))
    } catch {
      // A test sees to it that none is lost here.
      return nil
    }
  }

  static let forms: [(kind: String, pattern: String)] =
    models + clouds + forges + registries + services + tokens

  private static let models = [
    ("anthropic-key", "sk-ant-[A-Za-z0-9_-]{20,}"),
    ("openrouter-key", "sk-or-[A-Za-z0-9_-]{20,}"),
    ("openai-key", "sk-proj-[A-Za-z0-9_-]{20,}"),
    ("openai-key", "sk-svcacct-[A-Za-z0-9_-]{20,}"),
    ("openai-key", "sk-admin-[A-Za-z0-9_-]{20,}"),
    ("openai-key", "sk-None-[A-Za-z0-9_-]{20,}"),
    // OpenAI's older form; others use it as well.
    ("openai-key", "sk-[A-Za-z0-9]{20,}"),
    ("google-key", "AIza[A-Za-z0-9_-]{35}"),
    ("huggingface-token", "hf_[A-Za-z0-9]{30,40}"),
    ("huggingface-token", "api_org_[A-Za-z0-9]{34}"),
    ("groq-key", "gsk_[A-Za-z0-9]{40,}"),
    ("xai-key", "xai-[A-Za-z0-9]{60,}"),
    ("perplexity-key", "pplx-[A-Za-z0-9]{40,}"),
    ("replicate-token", "r8_[A-Za-z0-9]{37,40}"),
    ("langsmith-key", "lsv2_[ps][tk]_[a-f0-9]{32}_[a-f0-9]{10}"),
  ]

  private static let clouds = [
    ("aws-key-id", "AKIA[A-Z0-9]{16}"),
    ("aws-key-id", "ASIA[A-Z0-9]{16}"),
    ("aws-key-id", "ABIA[A-Z0-9]{16}"),
    ("aws-key-id", "ACCA[A-Z0-9]{16}"),
    ("aws-bedrock-key", "ABSK[A-Za-z0-9+/]{100,}"),
    ("google-oauth-secret", "GOCSPX-[A-Za-z0-9_-]{28}"),
    ("google-oauth-token", "ya29.[A-Za-z0-9_-]{30,}"),
    ("google-refresh-token", "1//0[A-Za-z0-9_-]{40,}"),
    ("azure-client-secret", "[A-Za-z0-9_~.-]{4}Q~[A-Za-z0-9_~.-]{31,34}"),
    ("azure-storage-key", "[A-Za-z0-9/+]{50,76}+ASt[A-Za-z0-9+/]{6}=="),
    ("azure-devops-token", "[A-Za-z0-9]{52,76}AZDO[A-Za-z0-9]{4}"),
    ("azure-signature", "&sig=[A-Za-z0-9%+/=]{43,}"),
    ("azure-signature", "\\?sig=[A-Za-z0-9%+/=]{43,}"),
    ("aws-signature", "X-Amz-Signature=[a-f0-9]{64}"),
    ("google-signature", "X-Goog-Signature=[a-f0-9]{256,}"),
    ("digitalocean-token", "do[opr]_v1_[a-f0-9]{64}"),
    ("databricks-token", "dapi[a-f0-9]{32}"),
    ("fly-token", "fm[12]_[A-Za-z0-9+/=_-]{80,}"),
    ("supabase-key", "sbp_[a-f0-9]{40}"),
    ("supabase-key", "sb_secret_[A-Za-z0-9_-]{20,}"),
    ("planetscale-token", "pscale_[a-z]{2,5}_[A-Za-z0-9_.-]{32,}"),
    ("terraform-token", "[A-Za-z0-9]{14}.atlasv1.[A-Za-z0-9_-]{60,}"),
    ("vault-token", "hv[sbr].[A-Za-z0-9_-]{24,}"),
    ("doppler-token", "dp.[a-z]{2,5}.[A-Za-z0-9]{40,}"),
  ]

  private static let forges =
    [
      ("github-token", "gh[pousr]_[A-Za-z0-9]{36,255}"),
      ("github-token", "github_pat_[A-Za-z0-9_]{50,255}"),
      ("bitbucket-token", "ATBB[A-Za-z0-9]{32}"),
      ("atlassian-token", "ATATT3[A-Za-z0-9_=-]{60,}"),
      ("gitlab-token", "GR1348941[A-Za-z0-9_-]{20,}"),
    ]
    + [
      "glpat", "gldt", "glrt", "glrtr", "glcbt", "glptt", "glft", "glimt", "glagent", "gloas", "glsoat",
      "glffct",
    ].map { ("gitlab-token", $0 + "-[A-Za-z0-9_.-]{20,}") }

  private static let registries = [
    ("npm-token", "npm_[A-Za-z0-9]{36}"),
    ("pypi-token", "pypi-Ag[A-Za-z0-9_-]{50,}"),
    ("rubygems-key", "rubygems_[a-f0-9]{48}"),
    ("crates-token", "cio[A-Za-z0-9]{32}"),
    ("nuget-key", "oy2[a-z0-9]{43}"),
    ("docker-token", "dckr_[po]at_[A-Za-z0-9_-]{20,}"),
  ]

  private static let services = [
    ("slack-token", "xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("slack-token", "xoxe.xox[bp]-[A-Za-z0-9-]{10,}"),
    ("slack-token", "xapp-[A-Za-z0-9-]{20,}"),
    ("slack-webhook", "hooks.slack.com/services/[A-Z0-9]{9,14}/[A-Z0-9]{9,14}/[A-Za-z0-9]{20,}"),
    ("discord-webhook", "discord.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,}"),
    ("discord-webhook", "discordapp.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,}"),
    // The number of a user in base64, a time, a signature.
    ("discord-token", "[MNO][DTjz][A-Za-z0-9_-]{21,26}.[A-Za-z0-9_-]{6}.[A-Za-z0-9_-]{27,}"),
    ("telegram-token", "[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"),
    // In an address: `api.telegram.org/bot…/getMe`.
    ("telegram-token", "bot[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"),
    ("stripe-key", "[sr]k_live_[A-Za-z0-9]{16,}"),
    ("stripe-key", "[sr]k_test_[A-Za-z0-9]{16,}"),
    ("stripe-webhook-secret", "whsec_[A-Za-z0-9+/]{24,}"),
    ("square-token", "sq0[a-z]{3}-[A-Za-z0-9_-]{22,43}"),
    ("shopify-token", "shp[acps][atps]_[a-fA-F0-9]{32}"),
    ("sendgrid-key", "SG.[A-Za-z0-9_-]{16,32}.[A-Za-z0-9_-]{16,64}"),
    ("mailgun-key", "key-[a-f0-9]{32}"),
    ("mailchimp-key", "[0-9a-f]{32}-us[0-9]{1,2}"),
    ("twilio-key", "SK[a-f0-9]{32}"),
    ("linear-key", "lin_[ao][a-z]{2,4}_[A-Za-z0-9]{32,}"),
    ("notion-token", "ntn_[A-Za-z0-9]{40,}"),
    ("notion-token", "secret_[A-Za-z0-9]{43}"),
    ("airtable-token", "pat[A-Za-z0-9]{14}.[a-f0-9]{64}"),
    ("newrelic-key", "NRAK-[A-Z0-9]{27}"),
    ("grafana-token", "glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}"),
    ("grafana-token", "glc_[A-Za-z0-9+/]{32,}"),
    ("sentry-token", "sntry[su]_[A-Za-z0-9+/=_]{40,}"),
    ("postman-key", "PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    ("figma-token", "figd_[A-Za-z0-9_-]{38,}"),
    ("tailscale-key", "tskey-[a-z]{3,10}-[A-Za-z0-9]{5,}-[A-Za-z0-9]{20,}"),
    ("onepassword-token", "ops_eyJ[A-Za-z0-9+/]{100,}"),
    ("age-key", "AGE-SECRET-KEY-1[A-Z0-9]{58}"),
  ]

  private static let tokens = [
    // Header, content, signature: RFC 7519.
    ("jwt", "eyJ[A-Za-z0-9_-]{10,}.eyJ[A-Za-z0-9_-]{10,}.[A-Za-z0-9_-]{10,}"),
    // With an encrypted key, a vector, content and a tag: RFC 7516.
    ("jwt", "eyJ[A-Za-z0-9_-]{10,}.[A-Za-z0-9_-]{0,}.[A-Za-z0-9_-]{16}.[A-Za-z0-9_-]{10,}.[A-Za-z0-9_-]{22}"),
  ]
}

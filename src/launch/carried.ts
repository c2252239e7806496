/**
 * Variables that Claude Code drops from every settings file when it is host-managed, though they choose neither an
 * address nor a credential (measured: the union of 2.1.197 and 2.1.329).
 */
const CARRIED = [
  /^ANTHROPIC_(MODEL|SMALL_FAST_MODEL\w*|CUSTOM_MODEL_OPTION\w*|CUSTOM_HEADERS)$/,
  /^ANTHROPIC_DEFAULT_\w+$/,
  /^CLAUDE_CODE_((WORKFLOW_)?SUBAGENT_MODEL\w*|AUTO_MODE_MODEL|BG_CLASSIFIER_MODEL)$/,
  /^(DISABLE_GROWTHBOOK|CLAUDE_CODE_DISABLE_FEATURE_FLAGS)$/,
  /(^|_)(HTTPS?_|ALL_|NO_?)?PROXY(_|$)/,
  /_(CERT|CERTS|CA_BUNDLE|CAINFO|CACERTS_PATH|CERT_(FILE|DIR|STORE)|CA_CERTS(_FILE)?|ROOTS_FILE_PATH)$/,
  /^CLAUDE_CODE_CLIENT_(CERT|KEY|KEY_PASSPHRASE)$/,
  /^(NODE_TLS_REJECT_UNAUTHORIZED|UV_NATIVE_TLS|DENO_TLS_CA_STORE)$/,
  /^(AWS|GOOGLE|GCLOUD|GCE|CLOUDSDK|GIT)_/,
]
/** Any other could be a command where an environment is printed for a shell. */
const WELL_FORMED = /^[A-Za-z_]\w*$/
/** A credential of a provider that is not used here. */
const CREDENTIAL = 'AWS_BEARER_TOKEN_BEDROCK'

/** Whether a variable of the settings has to be put into the process environment to stay in force. */
export function isCarried(name: string): boolean {
  const upper = name.toUpperCase()
  return WELL_FORMED.test(name) && upper !== CREDENTIAL && CARRIED.some((pattern) => pattern.test(upper))
}

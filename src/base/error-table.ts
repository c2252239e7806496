/** API error types, as in https://platform.claude.com/docs/en/api/errors. */
export type ApiErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'billing_error'
  | 'api_error'
  | 'timeout_error'

export interface ErrorEntry {
  /** Exit code of a command that ends with this error. */
  readonly exit: number
  /** HTTP answer, where a client of the gateway can meet this error. */
  readonly status?: number
  readonly type?: ApiErrorType
  /** Whether the client may try again by itself; otherwise the answer carries `x-should-retry: false`. */
  readonly retry?: boolean
  /** `{name}` stands for a detail given when the error is made. */
  readonly message: string
  readonly remedy: string
}

/** Every error that a user can meet. Exit codes: 1 failed, 2 usage, 3 configuration, 4 credential, 5 upstream, 126/127 as a shell has them. */
export const ERROR_TABLE = {
  USAGE: { exit: 2, message: '{reason}', remedy: 'see `claude-gw help`' },
  USAGE_OF_COMMAND: { exit: 2, message: '{reason}', remedy: 'see `{command} --help`' },
  HELP_UNKNOWN: {
    exit: 2,
    message: 'there is no {kind} `{words}`{nearest}',
    remedy: 'commands and topics are listed by `claude-gw help`',
  },
  CONFIG_UNKNOWN_KEY: {
    exit: 3,
    message: '{origin}: there is no key `{key}`{hint}',
    remedy: '{remedy}',
  },
  CONFIG_BAD_VALUE: {
    exit: 3,
    message: '{origin}: `{key}` must be {expected}, not {value}',
    remedy: 'change it, or remove it to use the default',
  },
  CONFIG_BAD_SETTING: {
    exit: 3,
    message: '{fault}',
    remedy: '{remedy}',
  },
  CONFIG_UNKNOWN_PROFILE: {
    exit: 3,
    message: '{origin}: there is no profile `{profile}`; known are {known}',
    remedy: 'name one of them, or make it with `claude-gw config set profiles.{profile}.upstream URL`',
  },
  CONFIG_ENFORCED: {
    exit: 3,
    message: '{origin}: `{key}` is fixed by {file}, and cannot be changed here',
    remedy: 'remove {origin}, or ask the administrator of this machine',
  },
  CONFIG_MALFORMED: {
    exit: 3,
    message: '{origin}: {reason}',
    remedy: '{remedy}',
  },
  CONFIG_UNREADABLE: {
    exit: 3,
    message: 'cannot read {path}: {reason}',
    remedy: '{remedy}',
  },
  CONFIG_UNWRITABLE: {
    exit: 3,
    message: 'cannot write {path}: {reason}',
    remedy: '{remedy}',
  },
  CONFIG_LITERAL_SECRET: {
    exit: 3,
    message: '{origin}: `{key}` holds a secret itself, and none may stand there',
    remedy: '{remedy}',
  },
  CONFIG_RIVAL_HEADER: {
    exit: 3,
    message: '{origin}: the header `{header}` would be a second credential beside {reference}',
    remedy:
      'remove it; to send the key in that header, set `auth` to `{auth}`, and to send what stands there, make it the `credential`',
  },
  CLOUD_PROVIDER: {
    exit: 3,
    message:
      '{origin} sets {variable}: Claude Code then talks to that cloud provider, and not to an Anthropic-style upstream',
    remedy: 'remove it there to use claude-gw, or start `claude` itself',
  },
  BACKGROUND_SESSION: {
    exit: 3,
    message:
      'sessions started by `{argument}` outlive this command, and with it the gateway they would talk to',
    remedy: 'start `{serve}` in another terminal, which stays, and repeat this one',
  },
  CREDENTIAL_NOT_FOUND: {
    exit: 4,
    status: 401,
    type: 'authentication_error',
    message: 'no credential for {upstream}: {reason}',
    remedy: '{remedy}',
  },
  CREDENTIAL_FAILED: {
    exit: 4,
    status: 401,
    type: 'authentication_error',
    message: 'the credential {reference} cannot be used: {reason}',
    remedy: '{remedy}',
  },
  PASSPHRASE_MISSING: {
    exit: 4,
    status: 401,
    type: 'authentication_error',
    message: '`tls.passphrase` ({origin}) gave no passphrase for `tls.key`: {reason}',
    remedy: '{remedy}',
  },
  CREDENTIAL_ORIGIN: {
    exit: 4,
    status: 401,
    type: 'authentication_error',
    message: 'the key {reference} was stored for {stored}, and is not sent to {upstream}',
    remedy: 'if it belongs there now, say so with `{command}`; else name the right upstream',
  },
  REPOSITORY_CONFIGURES: {
    exit: 4,
    message: '{origin} sets {variable}: settings of a repository must not configure claude-gw',
    remedy: 'remove it there, and set it in your own settings if you want it',
  },
  CREDENTIAL_REFUSED: {
    exit: 4,
    message: '{upstream} does not accept the key: {reason}',
    remedy: 'nothing was stored; check the key and the way it is sent (the key `auth`)',
  },
  CREDENTIAL_UNPROVED: {
    exit: 5,
    message: '{upstream} gave no proof of the key: {reason}',
    remedy: 'nothing was stored; leave out `--check` to store the key without a proof',
  },
  MODELS_UNLISTED: {
    exit: 5,
    message: '{upstream} lists no models: {reason}',
    remedy: '`claude-gw doctor` looks for the cause',
  },
  OTLP_BAD_URL: {
    exit: 2,
    message: '{reason}',
    remedy:
      'give the base URL of a collector, such as http://localhost:4318; `claude-gw config set allowHttp true` allows plain http to other machines',
  },
  OTLP_BUSY: {
    exit: 1,
    message: 'another call ships to {collector}',
    remedy: 'wait for its end, and call it again',
  },
  OTLP_REFUSED: {
    exit: 5,
    message: '{collector} did not take what was sent: {reason}',
    remedy: 'mend that and call it again: it goes on with what was not taken',
  },
  KEYCHAIN_LIB_MISSING: {
    exit: 4,
    status: 401,
    type: 'authentication_error',
    message: 'the library for the keychain cannot be loaded: {reason}',
    remedy: '{remedy}',
  },
  KEYCHAIN_NO_BUS: {
    exit: 4,
    status: 401,
    type: 'authentication_error',
    message: 'there is no session bus that leads to a keychain: {reason}',
    remedy: '{remedy}',
  },
  KEYCHAIN_NO_COLLECTION: {
    exit: 4,
    status: 401,
    type: 'authentication_error',
    message: 'the keychain has no collection to keep keys in: {reason}',
    remedy: '{remedy}',
  },
  KEYCHAIN_LOCKED: {
    exit: 4,
    status: 401,
    type: 'authentication_error',
    message: 'the keychain is locked: {reason}',
    remedy: '{remedy}',
  },
  KEYCHAIN_SILENT: {
    exit: 4,
    status: 401,
    type: 'authentication_error',
    message: 'the keychain did not answer within {seconds} s',
    remedy: '{remedy}',
  },
  KEYCHAIN_FAILED: {
    exit: 4,
    status: 401,
    type: 'authentication_error',
    message: 'the keychain failed: {reason}',
    remedy: '{remedy}',
  },
  LOGIN_CANCELLED: {
    exit: 1,
    message: 'cancelled; nothing was changed',
    remedy: 'start again with `claude-gw login`',
  },
  INIT_CANCELLED: {
    exit: 130,
    message: 'cancelled; nothing was written',
    remedy: 'start again with `claude-gw init`',
  },
  INIT_EXISTS: {
    exit: 1,
    message: 'there is already {what}',
    remedy: 'replace it with `--force`, or make another profile with `--profile NAME`',
  },
  INIT_REFUSED: {
    exit: 4,
    message: '{upstream} does not accept the key: {reason}',
    remedy:
      'nothing was written; check the key, name the header that it belongs in with `--auth header:NAME`, or leave the trial out with `--no-check`',
  },
  INIT_UNPROVED: {
    exit: 5,
    message: '{upstream} did not tell whether it accepts the key: {reason}',
    remedy: 'nothing was written; check the URL and the network, or leave the trial out with `--no-check`',
  },
  CLAUDE_NOT_FOUND: {
    exit: 127,
    message: '{reason}',
    remedy:
      'install Claude Code (`npm install -g @anthropic-ai/claude-code`) or set CLAUDE_GW_CLAUDE_COMMAND to its path',
  },
  CLAUDE_NOT_EXECUTABLE: {
    exit: 126,
    message: '{path} cannot be executed: {reason}',
    remedy: 'run `chmod +x {path}`, or set CLAUDE_GW_CLAUDE_COMMAND to another program',
  },
  LISTEN_FAILED: {
    exit: 1,
    message: 'cannot listen on 127.0.0.1:{port}: {reason}',
    remedy: 'choose another port with `--port N`, or 0 for any free one',
  },
  SERVE_RUNNING: {
    exit: 1,
    message: 'profile `{profile}` is already served at {url} (process {pid})',
    remedy: 'use it with `eval "$({command} env)"`, or stop it with `kill {pid}`',
  },
  SERVE_NOT_RUNNING: {
    exit: 1,
    message: 'no `claude-gw serve` is running for profile `{profile}`',
    remedy: 'start one with `{command} serve` in another terminal',
  },
  SERVE_ELSEWHERE: {
    exit: 3,
    message: 'the running `claude-gw serve` of profile `{profile}` goes to {upstream}, and not to {wanted}',
    remedy: 'end it with Ctrl-C in its terminal, start it again, and repeat this',
  },
  LOG_UNREADABLE: {
    exit: 1,
    message: 'cannot read the traffic log {path}: {reason}',
    remedy: 'check the path with `claude-gw logs path`',
  },
  STATE_UNWRITABLE: {
    exit: 3,
    message: 'cannot write {path}: {reason}',
    remedy: 'give CLAUDE_GW_STATE_DIR a folder that is yours',
  },
  SUMMARY_UNWRITABLE: {
    exit: 3,
    message: 'cannot write the summary {path}: {reason}',
    remedy: 'give `--summary` a file in a folder that exists',
  },
  OUTPUT_UNWRITABLE: {
    exit: 1,
    message: 'what is printed cannot be written: {reason}',
    remedy: 'make room where it goes, or send it elsewhere',
  },
  RECORD_NOT_FOUND: {
    exit: 1,
    message: 'no exchange with the id {id} in {path}',
    remedy: 'list the exchanges with `claude-gw logs`',
  },
  BODY_NOT_KEPT: {
    exit: 1,
    message: 'the {side} of {id} is not kept: {reason}',
    remedy: '{remedy}',
  },
  BODY_NO_TEXT: {
    exit: 1,
    message: 'the {side} of {id} is no text, and this is a terminal',
    remedy: 'send it into a file or a pipe; `--decoded` takes off the coding in which it went over the wire',
  },
  POLICY_NONE: {
    exit: 1,
    message: 'no policy is on for the profile `{profile}`, so there is nothing to test',
    remedy:
      'set one, such as `claude-gw config set policies.mask.detect \'["all"]\'`; the keys are listed by `claude-gw help`',
  },
  EXPORT_EXISTS: {
    exit: 1,
    message: 'there is already a file {path}',
    remedy: 'give `--output` another name, or replace it with `--force`',
  },
  EXPORT_UNWRITABLE: {
    exit: 1,
    message: 'cannot write to {path}: {reason}',
    remedy: 'give `--output` a place where you can write',
  },
  TOKEN_MISSING: {
    exit: 1,
    status: 401,
    type: 'authentication_error',
    message: 'this request does not carry the token of this gateway',
    remedy: 'start the client through `claude-gw run`, or take the variables from `claude-gw env`',
  },
  HOST_FORBIDDEN: {
    exit: 1,
    status: 421,
    type: 'permission_error',
    message: 'this gateway answers only to the Host 127.0.0.1 or localhost with its own port',
    remedy: 'use the URL that `claude-gw env` prints',
  },
  ORIGIN_FORBIDDEN: {
    exit: 1,
    status: 403,
    type: 'permission_error',
    message: 'this gateway does not answer web pages',
    remedy: 'call it from a program, without an Origin header',
  },
  PATH_FORBIDDEN: {
    exit: 1,
    status: 400,
    type: 'invalid_request_error',
    message: 'the request target must be a plain path: no scheme or host, no `//`, no `..`, no backslash',
    remedy: 'send the path of the API, such as /v1/messages',
  },
  PAGE_UNKNOWN: {
    exit: 1,
    status: 404,
    type: 'not_found_error',
    message: 'this gateway has no page {path}',
    remedy: '`claude-gw serve` has /_claude-gw/metrics and /_claude-gw/healthz',
  },
  PAGE_READ_ONLY: {
    exit: 1,
    status: 405,
    type: 'invalid_request_error',
    message: 'the pages of this gateway are only read',
    remedy: 'ask for it with GET',
  },
  METRICS_TOKEN_MISSING: {
    exit: 1,
    status: 401,
    type: 'authentication_error',
    message: 'this request does not carry the token that lets a reader of metrics in',
    remedy:
      'send what the key `serve.metricsCredential` names as `Authorization: Bearer …`; where that is not set, `claude-gw config set serve.metricsCredential REFERENCE`, and start `serve` again',
  },
  METHOD_UNSUPPORTED: {
    exit: 1,
    status: 501,
    type: 'invalid_request_error',
    message: 'CONNECT and protocol upgrades are not supported here',
    remedy: 'use plain HTTP/1.1 requests',
  },
  BODY_TOO_LARGE: {
    exit: 1,
    status: 413,
    type: 'request_too_large',
    message: 'the request body is larger than maxBodyBytes ({limit} bytes)',
    remedy: 'raise it with CLAUDE_GW_MAX_BODY_BYTES if your upstream accepts more',
  },
  UPSTREAM_UNREACHABLE: {
    exit: 5,
    status: 502,
    type: 'api_error',
    retry: true,
    message: 'cannot reach {upstream}: {reason}',
    remedy: 'check the network and the key `upstream`',
  },
  UPSTREAM_TLS: {
    exit: 5,
    status: 502,
    type: 'api_error',
    message: 'no trusted TLS connection to {upstream}: {reason}',
    remedy: '{remedy}',
  },
  UPSTREAM_CUT: {
    exit: 5,
    status: 502,
    type: 'api_error',
    retry: true,
    message: '{upstream} closed the connection before it answered: {reason}',
    remedy: 'try again; if it stays, look at the log of that gateway',
  },
  UPSTREAM_TIMEOUT: {
    exit: 5,
    status: 504,
    type: 'timeout_error',
    retry: true,
    message: '{upstream} did not {phase} within {seconds} s',
    remedy: 'raise CLAUDE_GW_TIMEOUTS_{key} if it needs more time',
  },
  UPSTREAM_REDIRECT: {
    exit: 5,
    status: 502,
    type: 'api_error',
    message:
      '{upstream} redirects to {target}; following it would send your prompt and key past this gateway',
    remedy: 'if {target} is right, set the key `upstream` to it',
  },
  PROXY_UNREACHABLE: {
    exit: 5,
    status: 502,
    type: 'api_error',
    retry: true,
    message: 'cannot reach the proxy {proxy} ({origin}): {reason}',
    remedy: 'check the network and {origin}; CLAUDE_GW_PROXY=off connects without a proxy',
  },
  PROXY_TLS: {
    exit: 5,
    status: 502,
    type: 'api_error',
    message: 'no trusted TLS connection to the proxy {proxy} ({origin}): {reason}',
    remedy:
      'name its private certificate authority in CLAUDE_GW_TLS_CA; if it speaks no TLS, its URL begins with http://',
  },
  PROXY_AUTH: {
    exit: 5,
    status: 502,
    type: 'api_error',
    message: 'the proxy {proxy} ({origin}) {reason}',
    remedy: '{remedy}',
  },
  PROXY_REFUSED: {
    exit: 5,
    status: 502,
    type: 'api_error',
    message: 'the proxy {proxy} ({origin}) does not let us through to {target}: it answered {status}',
    remedy:
      'ask who runs it to allow {target}; if that is reached without a proxy, set CLAUDE_GW_PROXY=off or name it in NO_PROXY',
  },
  PROXY_FAILED: {
    exit: 5,
    status: 502,
    type: 'api_error',
    retry: true,
    message: 'the proxy {proxy} ({origin}) did not get through to {target}: it answered {status}',
    remedy:
      'check the key `upstream`; if that is reached without a proxy, set CLAUDE_GW_PROXY=off or name it in NO_PROXY',
  },
  TLS_UNVERIFIED: {
    exit: 3,
    message: 'NODE_TLS_REJECT_UNAUTHORIZED=0 would let anybody on the network read your prompts and your key',
    remedy:
      'unset it; to trust a private certificate authority, name its file in CLAUDE_GW_TLS_CA (or NODE_EXTRA_CA_CERTS)',
  },
  LIMIT_SPENT: {
    exit: 1,
    status: 429,
    type: 'billing_error',
    message: 'the budget `{rule}`{scope} is used up: {used} of {most} per {per}',
    remedy:
      "{reset}; to raise it: `claude-gw config set policies.limits.rules.{rule} '…'` (it stands where `claude-gw config list --origin` says)",
  },
  LIMIT_REACHED: {
    exit: 1,
    status: 429,
    type: 'rate_limit_error',
    message: 'the limit `{rule}`{scope} is reached: {used} of {most} per {per}',
    remedy:
      "{reset}; to raise it: `claude-gw config set policies.limits.rules.{rule} '…'` (it stands where `claude-gw config list --origin` says)",
  },
  LIMIT_PACE: {
    exit: 1,
    status: 429,
    type: 'rate_limit_error',
    retry: true,
    message: 'the limit `{rule}`{scope} holds this request back: {used} of {most}{per}',
    remedy:
      "try again in {retryAfterSeconds} s; to raise it: `claude-gw config set policies.limits.rules.{rule} '…'`",
  },
  LIMIT_STORE_AWAY: {
    exit: 1,
    status: 503,
    type: 'api_error',
    message: 'the store of the limits, {store}, {what}: {reason}',
    remedy: '{remedy}',
  },
  LIMIT_STORE_UNUSABLE: {
    exit: 3,
    message: 'limits cannot be kept in {store}: {reason}',
    remedy: '{remedy}',
  },
  GUARD_DENIED: {
    exit: 1,
    status: 400,
    type: 'invalid_request_error',
    message: 'the request {reason}',
    remedy: '{help}; the rule is {place}',
  },
  MASK_DENIED: {
    exit: 1,
    status: 400,
    type: 'invalid_request_error',
    message: 'the request holds what may not leave this machine: {found}',
    remedy: 'take it out of the conversation with `/rewind` or `/clear`; the rule is {place}',
  },
  MASK_UNREADABLE: {
    exit: 1,
    status: 400,
    type: 'invalid_request_error',
    message: 'the request cannot be looked through for what is to be masked: {reason}',
    remedy: 'send it as plain JSON, or let it pass unseen with policies.mask.onError set to open',
  },
  ANSWER_COMPRESSED: {
    exit: 1,
    status: 502,
    type: 'api_error',
    message:
      'the upstream compressed its answer in a way that cannot be read ({coding}), though asked not to, so that policies cannot look through it',
    remedy:
      'let it honour `accept-encoding: identity`, set policies.mask.mode to irreversible, and let policies.answer only flag',
  },
  MASK_KEY_UNUSABLE: {
    exit: 1,
    status: 500,
    type: 'api_error',
    message: 'the key that placeholders are made with, {path}, cannot be used: {reason}',
    remedy:
      'let it be read and written by you alone, or delete it: a new one is made, and placeholders change once',
  },
  INTERNAL: {
    exit: 1,
    status: 500,
    type: 'api_error',
    message: 'internal error: {reason}',
    remedy: 'please report it with the output of `claude-gw --version`',
  },
} as const satisfies Record<string, ErrorEntry>

import { decoration, decoratorRules } from './decorator-kind.ts'
import type { Kind } from './kind.ts'
import {
  authStyle,
  boolean,
  days,
  duration,
  matchSize,
  oneOf,
  port,
  profileName,
  proxyChoice,
  size,
  text,
} from './kind.ts'
import { limitRules, limitStore } from './limit-kind.ts'
import { STORE_ERROR_CHOICES } from './limit-rule.ts'
import { namePatterns, pathPatterns, textList } from './list-kind.ts'
import { headerMap, patternMap, tagMap, textMap } from './map-kind.ts'
import { filePath, program } from './path-kind.ts'

export interface Key<T> {
  readonly kind: Kind<T>
  readonly default: T
  readonly help: string
  /** What is used without a value, where the default does not say it. */
  readonly defaultWords?: string
  /** Whether a project file may set it that nobody has looked at. */
  readonly isForUntrusted: boolean
}

/** Every key of the configuration: the one table that the reader, the help and the README follow. */
export const SCHEMA = {
  profile: key(profileName, 'default', 'name of the upstream in use; stands in every record'),
  upstream: key(
    text,
    '',
    'URL of the API or gateway behind claude-gw',
    words('`ANTHROPIC_BASE_URL`, else https://api.anthropic.com'),
  ),
  credential: key(text, 'auto', 'where the upstream key comes from: auto, passthrough, or a reference'),
  credentialTtl: key<number | undefined>(
    duration,
    undefined,
    'how long a credential is used before it is fetched again',
    words('by source'),
  ),
  credentialTimeout: key<number | undefined>(
    duration,
    undefined,
    'time for a command that gives a credential',
    words('10 s, `op:` 60 s'),
  ),
  auth: key(
    authStyle,
    '',
    'how the key is sent: bearer, x-api-key, both, header:NAME',
    words('by source and host'),
  ),
  headers: key(headerMap, {}, 'extra request headers by name', words('none')),
  'models.aliases': key(
    textMap,
    {},
    'requested model to the name that the upstream has for it',
    words('none'),
  ),
  'timeouts.connect': key(duration, 10_000, 'time to connect to the upstream'),
  'timeouts.firstByte': key(
    duration,
    0,
    'time to the first byte of an answer',
    words('`API_TIMEOUT_MS`, at least 10m, and 30 s'),
  ),
  'timeouts.idle': key(duration, 360_000, 'silence allowed in the middle of an answer'),
  'tls.ca': key(filePath, '', 'file of authorities to trust beside those of Node.js (PEM)', words('none')),
  'tls.cert': key(
    filePath,
    '',
    'file of the certificate for an upstream that asks for one (PEM)',
    words('none'),
  ),
  'tls.key': key(filePath, '', 'file of the private key of that certificate (PEM)', words('none')),
  'tls.passphrase': key(text, '', 'where the passphrase of that key comes from: a reference', words('none')),
  proxy: key(proxyChoice, 'auto', 'auto (HTTPS_PROXY and NO_PROXY), off, or the URL of a proxy'),
  allowHttp: key(boolean, false, 'allow a plain http upstream that is not on this machine'),
  maxBodyBytes: key(size, 32 * 1024 ** 2, 'largest request body'),
  toolSearch: key(oneOf('auto', 'on', 'off'), 'auto', 'give MCP tool search back to Claude Code'),
  fineGrainedStreaming: key(oneOf('auto', 'on', 'off'), 'auto', 'give fine-grained tool streaming back'),
  tags: key(tagMap, {}, 'labels for every record by name', {
    ...words('project, repository, branch'),
    isForUntrusted: true,
  }),
  'log.level': key(
    oneOf('off', 'meta', 'errors', 'full'),
    'meta',
    'meta writes one record per exchange, off none; errors adds bodies where it went wrong, full all bodies',
  ),
  'log.redact': key<readonly string[]>(
    textList,
    [],
    'patterns of what is masked in kept bodies beside the keys that are known',
    words('none'),
  ),
  'log.retention.days': key(days, 30, 'how many days before today the log keeps'),
  'log.retention.bytes': key(size, 500 * 1024 ** 2, 'how large log and bodies together may be'),
  prices: key(filePath, '', 'file of prices over the list prices (JSON)', words('none')),
  'retry.upstream': key(
    oneOf('off', 'connect', '429'),
    'connect',
    'connect tries once more when no connection could be made, 429 also waits when throttled, off neither',
  ),
  'policies.limits.rules': key(limitRules, {}, 'limits by name of requests, tokens and USD', words('none')),
  'policies.limits.store': key(limitStore, '', 'Redis in which a team shares its limits', words('none')),
  'policies.limits.storeCredential': key(
    text,
    '',
    'where the password of that store comes from: a reference',
    words('none'),
  ),
  'policies.limits.onStoreError': key(
    oneOf(...STORE_ERROR_CHOICES),
    'local',
    'while the store is away: local counts on this machine, open lets all pass, closed nothing',
  ),
  'policies.patterns': key(
    patternMap,
    {},
    'patterns by name, each a detector for lists such as that of policies.mask.detect',
    words('none'),
  ),
  'policies.maxMatch': key(matchSize, 256, 'longest match of such a pattern, at most 8KB'),
  'policies.mask.detect': key<readonly string[]>(
    textList,
    [],
    'detectors to look with in requests, or all; each alone or with :mask, :irreversible, :flag or :deny',
    words('none'),
  ),
  'policies.mask.mode': key(
    oneOf('reversible', 'irreversible', 'flag', 'deny'),
    'reversible',
    'what is done with what those without an action find: masked and restored in answers, masked for good, counted, or the request refused',
  ),
  'policies.mask.onError': key(
    oneOf('closed', 'open'),
    'closed',
    'a request that cannot be looked through is refused, or sent as it is',
  ),
  'policies.guard.deny': key<readonly string[]>(
    textList,
    [],
    'patterns of what no request may hold',
    words('none'),
  ),
  'policies.guard.flag': key<readonly string[]>(
    textList,
    [],
    'patterns of what is counted in requests',
    words('none'),
  ),
  'policies.guard.models': key<readonly string[]>(
    namePatterns,
    [],
    'models that may be asked for, or with `!` may not',
    words('none'),
  ),
  'policies.guard.tools': key<readonly string[]>(
    namePatterns,
    [],
    'tools that requests may offer, or with `!` may not',
    words('none'),
  ),
  'policies.guard.requiredTools': key<readonly string[]>(
    textList,
    [],
    'tools that each request must offer which offers any',
    words('none'),
  ),
  'policies.guard.paths': key<readonly string[]>(
    pathPatterns,
    [],
    'paths that may be asked for, or with `!` may not',
    words('none'),
  ),
  'policies.guard.maxBytes': key<number | undefined>(
    size,
    undefined,
    'largest request for a message',
    words('none'),
  ),
  'policies.guard.onError': key(
    oneOf('closed', 'open'),
    'closed',
    'a request that a guard cannot look through is refused, or sent as it is',
  ),
  'policies.answer.detect': key<readonly string[]>(
    textList,
    [],
    'kinds of personal data and secrets to look for in answers, each with an action or without',
    words('none'),
  ),
  'policies.answer.mode': key(
    oneOf('flag', 'mask', 'deny'),
    'flag',
    'what is done with them where no action stands: counted, masked, or the answer ended',
  ),
  'policies.system.append': key(
    decoration,
    '',
    'text behind the system prompt of every request',
    words('none'),
  ),
  'policies.decorators': key(
    decoratorRules,
    {},
    'texts by name for the system prompt or for each turn of a user',
    words('none'),
  ),
  'claude.command': key(
    program,
    '',
    'the program to launch instead of `claude` on PATH',
    words('`claude` on PATH'),
  ),
  'serve.port': key(port, -1, 'port of `serve`; 0 for any free one', words('last port of the profile')),
  'serve.metricsCredential': key(
    text,
    '',
    'where the token comes from that lets a reader of metrics in, and nothing else: a reference',
    words('none'),
  ),
  'serve.idleExit': key<number | undefined>(
    duration,
    undefined,
    'how long `serve` waits without a request before it ends',
    words('never'),
  ),
} as const

export type ConfigKey = keyof typeof SCHEMA
export type Values = { readonly [K in ConfigKey]: (typeof SCHEMA)[K]['default'] }

export const CONFIG_KEYS = Object.keys(SCHEMA) as ConfigKey[]

/** The row of a key, whatever its kind. */
export function keyOf(name: ConfigKey): Key<unknown> {
  return SCHEMA[name] as Key<unknown>
}

/** `timeouts.firstByte` to `CLAUDE_GW_TIMEOUTS_FIRST_BYTE`. */
export function environmentName(name: string): string {
  return `CLAUDE_GW_${name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/\./g, '_')
    .toUpperCase()}`
}

function key<T>(
  kind: Kind<T>,
  fallback: T,
  help: string,
  options: Partial<Pick<Key<T>, 'defaultWords' | 'isForUntrusted'>> = {},
): Key<T> {
  return { kind, default: fallback, help, isForUntrusted: false, ...options }
}

/** In words, because the default is found elsewhere. */
function words(defaultWords: string): { readonly defaultWords: string } {
  return { defaultWords }
}

import { fromHome } from '../base/home-path.ts'
import { hasSavedLogin, isApprovedApiKey } from '../claude/login.ts'
import type { Config } from '../config/config.ts'
import { readAccount } from '../credentials/accounts.ts'
import { probeKeychain } from '../credentials/keychain.ts'
import { parseReference } from '../credentials/reference.ts'
import { waitFor } from '../credentials/search.ts'
import { noteWait } from '../credentials/wait-notice.ts'
import type { Check } from '../doctor/check.ts'
import type { Fact } from '../doctor/fact.ts'
import { factOf, known } from '../doctor/fact.ts'
import { keyCheck } from '../doctor/local/key.ts'
import { keychainCheck } from '../doctor/local/keychain.ts'
import type { LoginFacts } from '../doctor/local/login.ts'
import { loginCheck } from '../doctor/local/login.ts'
import type { Circumstances } from './circumstances.ts'
import { claudeEnvironment } from './claude-environment.ts'
import type { Context } from './context.ts'
import { machineOf } from './machine.ts'

const KEYCHAIN_TIMEOUT_MS = 15_000

/** What requests will carry, and the keychain that it may come out of. @param tls has to be in order first */
export async function credentialChecks(
  context: Context,
  circumstances: Circumstances,
  tls: Fact<unknown>,
): Promise<readonly Check[]> {
  const { config, upstream, secrets } = circumstances
  const users = await factOf(() => keychainUsers(context, known(config)))
  const probe = probeOnce(context)
  const isKept = users.isKnown && users.value.length > 0
  const findObstacle = async () => {
    if (!upstream.isKnown) return 'config'
    if (!tls.isKnown) return 'certificates'
    return isKept && !(await factOf(probe)).isKnown ? 'keychain' : undefined
  }
  return [
    keychainCheck({ users, probe }),
    keyCheck({
      findObstacle,
      credentials: await factOf(() => known(secrets).credentials),
      lookUp: () => known(secrets).prefetch(),
      file: config.isKnown ? fileOf(config.value, context) : undefined,
      nowMs: Date.now,
    }),
    loginCheck(await factOf(() => loginFacts(circumstances))),
  ]
}

/** Keys that name the keychain; `auto` does where a login has stored something. */
function keychainUsers(context: Context, { values }: Config): readonly string[] {
  const { credential, headers, profile } = values
  const texts = Object.entries({
    credential,
    'tls.passphrase': values['tls.passphrase'],
    'policies.limits.storeCredential': values['policies.limits.storeCredential'],
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [`headers.${name}`, value])),
  })
  const isStored = readAccount(context.stateDirectory(), profile) !== undefined
  return texts.filter(([, text]) => usesKeychain(text, isStored)).map(([name]) => name)
}

function usesKeychain(text: string, isStored: boolean): boolean {
  const scheme = parseReference(text)?.scheme
  return scheme === 'keychain' || (scheme === 'auto' && isStored)
}

/** Two checks go by it, and it may ask a person. */
function probeOnce(context: Context): () => Promise<void> {
  let probing: Promise<void> | undefined
  return () => {
    probing ??= waitFor(
      probeKeychain(machineOf(context), { timeoutMs: KEYCHAIN_TIMEOUT_MS }),
      { reference: 'the keychain' },
      { onWait: noteWait(context) },
    )
    return probing
  }
}

function fileOf({ values }: Config, { home }: Context): string | undefined {
  const reference = parseReference(values.credential)
  return reference?.scheme === 'file' ? fromHome(reference.path, home) : undefined
}

function loginFacts(circumstances: Circumstances): LoginFacts {
  const { values } = known(circumstances.config)
  const claude = known(circumstances.claude)
  const { credentials } = known(circumstances.secrets)
  const { env } = claudeEnvironment(claude)
  const isSaved = hasSavedLogin(claude.places)
  const token = env['CLAUDE_CODE_OAUTH_TOKEN'] ? 'CLAUDE_CODE_OAUTH_TOKEN is set' : undefined
  const takesApiKey =
    credentials.kind === 'inject' && /^(env|settings):ANTHROPIC_API_KEY$/.test(credentials.reference)
  const isApproved = isApprovedApiKey(claude.places, env['ANTHROPIC_API_KEY'] ?? '')
  return {
    login: isSaved ? 'one is saved' : token,
    credentials,
    isMeant: values.credential !== 'auto',
    isForPrintOnly: isSaved && takesApiKey && values.credential === 'auto' && !isApproved,
    upstream: known(circumstances.upstream),
  }
}

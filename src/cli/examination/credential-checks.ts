import { fromHome } from '../../base/home-path.ts'
import { hasSavedLogin, isApprovedApiKey } from '../../claude/login.ts'
import type { Config } from '../../config/config.ts'
import { parseReference } from '../../credentials/reference.ts'
import type { Check } from '../../doctor/check.ts'
import type { Fact } from '../../doctor/fact.ts'
import { factOf, known } from '../../doctor/fact.ts'
import { keyCheck } from '../../doctor/local/key.ts'
import { keychainCheck } from '../../doctor/local/keychain.ts'
import type { LoginFacts } from '../../doctor/local/login.ts'
import { loginCheck } from '../../doctor/local/login.ts'
import type { Context } from '../context.ts'
import { claudeEnvironment } from '../upstream/claude-environment.ts'
import type { Circumstances } from './circumstances.ts'

/** What requests will carry, and the keychain that it may come out of. @param tls has to be in order first */
export async function credentialChecks(
  context: Context,
  circumstances: Circumstances,
  tls: Fact<unknown>,
): Promise<readonly Check[]> {
  const { config, upstream, secrets, keychain } = circumstances
  const isKept = keychain.users.isKnown && keychain.users.value.length > 0
  const findObstacle = async () => {
    if (!upstream.isKnown) return 'config'
    if (!tls.isKnown) return 'certificates'
    return isKept && !(await factOf(keychain.probe)).isKnown ? 'keychain' : undefined
  }
  return [
    keychainCheck(keychain),
    keyCheck({
      findObstacle,
      credentials: await factOf(() => known(secrets).credentials),
      lookUp: () => known(secrets).prefetch(),
      file: config.isKnown ? fileOf(config.value, context) : undefined,
      isInRun: Boolean(context.env['CLAUDE_GW_RUN_ID']),
      nowMs: Date.now,
    }),
    loginCheck(await factOf(() => loginFacts(circumstances))),
  ]
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

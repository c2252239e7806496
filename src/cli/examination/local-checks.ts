import { packageRoot } from '../../base/package-root.ts'
import { isGateway } from '../../broker/probe.ts'
import { claudesOnPath, locateClaude } from '../../claude/locate.ts'
import { configDirectory } from '../../config/paths.ts'
import type { Check } from '../../doctor/check.ts'
import { factOf, known } from '../../doctor/fact.ts'
import { claudeProgramCheck } from '../../doctor/local/claude-program.ts'
import { configCheck } from '../../doctor/local/config.ts'
import { diskCheck } from '../../doctor/local/disk.ts'
import { logCheck } from '../../doctor/local/log.ts'
import { managedCheck } from '../../doctor/local/managed.ts'
import type { NestingFacts } from '../../doctor/local/nesting.ts'
import { nestingCheck } from '../../doctor/local/nesting.ts'
import { nodeCheck } from '../../doctor/local/node.ts'
import { policiesCheck } from '../../doctor/local/policies.ts'
import { settingsCheck } from '../../doctor/local/settings.ts'
import { shimsCheck } from '../../doctor/local/shims.ts'
import { stateCheck } from '../../doctor/local/state.ts'
import { trustCheck } from '../../doctor/local/trust.ts'
import { findOuterRun, isLoop, runDepth } from '../../launch/child-gateway.ts'
import type { Context } from '../context.ts'
import { environmentWithoutSecrets } from '../run/plain-environment.ts'
import { logFolders, retentionOf } from '../session/upkeep.ts'
import { machineOf } from '../upstream/machine.ts'
import type { Circumstances } from './circumstances.ts'
import { connectionChecks, tlsFilesOf } from './connection-checks.ts'
import { credentialChecks } from './credential-checks.ts'
import { tryPolicies } from './policies-trial.ts'
import { settingsFacts } from './settings-facts.ts'

/** All that is looked at on this machine, causes before what they cause. Nothing of it sends a request. */
export async function localChecks(context: Context, circumstances: Circumstances): Promise<readonly Check[]> {
  const tls = await factOf(() => tlsFilesOf(context, circumstances))
  const checks = [
    nodeCheck({ version: process.version, path: process.execPath, options: context.env['NODE_OPTIONS'] }),
    ...(await configurationChecks(context, circumstances)),
    ...claudeChecks(context, circumstances),
    ...(await settingsChecks(context, circumstances)),
    nestingCheck(nestingFacts(context)),
    ...(await stateChecks(context, circumstances)),
    ...(await connectionChecks(context, circumstances, tls)),
    ...(await credentialChecks(context, circumstances, tls)),
  ]
  return checks.map((check) => ({ ...check, isLocal: true }))
}

async function configurationChecks(
  context: Context,
  { config, upstream, secrets }: Circumstances,
): Promise<readonly Check[]> {
  const { env, home, platform, cwd } = context
  const directory = await factOf(() => configDirectory(env, home, platform))
  const tryOut = await factOf(() => {
    const trial = { config: known(config), upstream: known(upstream), secrets: known(secrets) }
    return () => tryPolicies(context, trial)
  })
  return [
    configCheck({ config, upstream, surroundings: context }),
    policiesCheck({ config, tryOut }),
    trustCheck({ cwd, home, directory }),
  ]
}

/** Where the configuration cannot be read, what is on PATH is looked at. */
function claudeChecks(context: Context, { config }: Circumstances): readonly Check[] {
  const { env, home, platform } = context
  const seen = config.isKnown ? environmentWithoutSecrets(context) : { PATH: env['PATH'], HOME: home }
  const command = config.isKnown ? config.value.values['claude.command'] : ''
  return [
    claudeProgramCheck({
      locate: () => locateClaude({ command, env, home, platform, ownRoot: packageRoot() }),
      isNamed: command !== '',
      machine: machineOf(context, seen),
    }),
    shimsCheck({ list: () => claudesOnPath({ env, home, platform, ownRoot: packageRoot() }), command }),
  ]
}

async function settingsChecks(
  context: Context,
  { claude, upstream }: Circumstances,
): Promise<readonly Check[]> {
  const facts = await factOf(() =>
    settingsFacts(context, known(claude), upstream.isKnown ? upstream.value : undefined),
  )
  return [settingsCheck(facts), managedCheck(facts)]
}

function nestingFacts({ env }: Context): NestingFacts {
  const profile = env['CLAUDE_GW_RUN_PROFILE'] ?? ''
  const outer = findOuterRun(env, profile)
  return {
    depth: runDepth(env) - 1,
    isLoop: isLoop(env),
    profile,
    isAlive: async () => outer !== undefined && isGateway(outer.gateway.url, outer.gateway.access),
  }
}

async function stateChecks(context: Context, { config }: Circumstances): Promise<readonly Check[]> {
  const directory = await factOf(context.stateDirectory)
  const log = await factOf(() => ({
    folders: logFolders(context),
    retention: retentionOf(known(config).values),
    nowMs: Date.now,
  }))
  return [stateCheck(directory, context.platform), diskCheck(directory), logCheck(log)]
}

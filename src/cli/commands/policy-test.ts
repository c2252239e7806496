import { GatewayError } from '../../base/errors.ts'
import { repositoryTags } from '../../config/repository.ts'
import { resolveTags } from '../../config/tags.ts'
import { noteWait } from '../../credentials/wait-notice.ts'
import type { FoundBody } from '../../log/body-reader.ts'
import type { PolicyList } from '../../policies/policy-list.ts'
import type { Rehearsal } from '../../policies/rehearsal.ts'
import { isAnswerGuarded, rehearse, rehearseAdmission, rehearseAnswer } from '../../policies/rehearsal.ts'
import type { Context } from '../context.ts'
import { escapeControls, openPalette, print } from '../output.ts'
import { rehearsalJson } from '../policies/rehearsal-json.ts'
import { rehearsalPage } from '../policies/rehearsal-page.ts'
import { readTestAnswer } from '../policies/test-answer.ts'
import type { TestRequest } from '../policies/test-request.ts'
import { readTestRequest } from '../policies/test-request.ts'
import { openTrialPolicies } from '../session/trial-policies.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import { openSecrets } from '../upstream/secrets.ts'
import { resolveUpstream } from '../upstream/upstream.ts'

export interface PolicyTestInput {
  /** A file, `-`, or the id of an exchange. */
  readonly request: string
  /** Shows what was found itself. */
  readonly isTextShown: boolean
  readonly isJson: boolean
}

/**
 * `claude-gw policy test`: what the configured policies would do with a request, rule by rule and span by span, and what each
 * rule costs; of a logged exchange, also what they would find in its answer. Nothing is sent, held or counted.
 * @returns 0 where it would be sent, 1 where it would be refused
 * @throws GatewayError USAGE, POLICY_NONE, RECORD_NOT_FOUND, BODY_NOT_KEPT, of the configuration
 */
export async function policyTest(context: Context, input: PolicyTestInput): Promise<number> {
  const tried = await readTestRequest(context, input.request)
  const { request, notes, record } = tried
  const asked = await rehearseConfigured(context, tried)
  const found = record && isAnswerGuarded(asked) ? await readTestAnswer(context, record) : undefined
  const rehearsal = found && 'bytes' in found ? rehearseAnswer(asked, found.bytes) : asked
  const { stdout, stderr, options } = context
  if (!options.isQuiet)
    for (const note of [...notes, ...answerNotes(found)]) stderr.write(`claude-gw: ${note}\n`)
  if (input.isJson) await print(stdout, `${rehearsalJson(request, rehearsal, input)}\n`)
  else
    await print(
      stdout,
      rehearsalPage(request, rehearsal, { ...input, palette: await openPalette(context, stdout) }),
    )
  return rehearsal.verdict.rejection ? 1 : 0
}

function answerNotes(found: FoundBody | undefined): string[] {
  return found && 'reason' in found
    ? [`the answer to it cannot be looked through: ${escapeControls(found.reason)}`]
    : []
}

async function rehearseConfigured(context: Context, { request, isPoliced }: TestRequest): Promise<Rehearsal> {
  const list = await openPolicyList(context)
  try {
    return isPoliced ? await rehearse(list, request) : rehearseAdmission(list, request)
  } finally {
    await list.close()
  }
}

async function openPolicyList(context: Context): Promise<PolicyList> {
  const config = context.config()
  const claude = await readClaudeState(context)
  const upstream = resolveUpstream(config, claude)
  const secrets = await openSecrets(context, {
    upstream,
    claude,
    mayUseApiKey: true,
    tags: resolveTags(config.values.tags, repositoryTags(context.cwd)),
    onWait: noteWait(context),
  })
  const onTrouble = (reason: string) => context.stderr.write(`claude-gw: ${reason}\n`)
  const policies = await openTrialPolicies(context, { config, upstream, secrets }, onTrouble)
  if (!policies) throw new GatewayError('POLICY_NONE', { profile: config.values.profile })
  return policies.list
}

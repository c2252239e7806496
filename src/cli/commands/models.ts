import { GatewayError } from '../../base/errors.ts'
import { inWords, lacksModel } from '../../doctor/upstream/hearing.ts'
import { modelIds } from '../../doctor/upstream/models.ts'
import type { Questions } from '../../doctor/upstream/questions.ts'
import { createQuestions } from '../../doctor/upstream/questions.ts'
import type { Context } from '../context.ts'
import type { ModelEntry } from '../examination/model-entries.ts'
import { modelEntries } from '../examination/model-entries.ts'
import { modelListing } from '../examination/model-listing.ts'
import { escapeControls, openPalette, print } from '../output.ts'
import { openPrices } from '../session/prices.ts'
import type { OpenAsk } from '../upstream/open-ask.ts'
import { openAsk } from '../upstream/open-ask.ts'

export interface ModelsInput {
  readonly isJson: boolean
  /** Asks for each whether there is a route to it; this costs no tokens. */
  readonly isChecked: boolean
}

/**
 * `claude-gw models`: what the upstream serves, by which names it can be asked for, and what it costs.
 * @returns the exit code @throws GatewayError MODELS_UNLISTED, of the configuration and of the credential
 */
export async function models(context: Context, { isJson, isChecked }: ModelsInput): Promise<number> {
  const opened = await openAsk(context)
  try {
    const { stdout, stderr, options } = context
    const questions = createQuestions(opened.ask, '')
    const { entries, note } = await listModels(context, opened, questions)
    const shown = isChecked ? await checked(entries, questions) : entries
    if (note && !options.isQuiet) stderr.write(`claude-gw: ${escapeControls(note)}\n`)
    if (isJson) await print(stdout, `${JSON.stringify(shown)}\n`)
    else
      await print(
        stdout,
        modelListing(shown, { stdout, isListKnown: note === undefined }, await openPalette(context, stdout)),
      )
    return shown.some(({ route }) => route === 'none') ? 1 : 0
  } finally {
    opened.close()
  }
}

/** Statuses of who lets nobody in like this: no alias can be asked for either. */
const REFUSALS = [401, 407]

/** Aliases are there whatever else the upstream says. */
async function listModels(context: Context, { config, upstream }: OpenAsk, questions: Questions) {
  const heard = await questions.models()
  const ids = heard.kind === 'answer' && heard.status === 200 ? modelIds(heard.text) : undefined
  const aliases = config.values['models.aliases']
  const entries = modelEntries(ids ?? [], aliases, await openPrices(context, config), Date.now())
  if (ids) return { entries, note: undefined }
  const reason = heard.kind === 'answer' && heard.status === 200 ? 'no list of models' : inWords(heard)
  if (entries.length === 0 || heard.kind === 'silence' || REFUSALS.includes(heard.status))
    throw new GatewayError('MODELS_UNLISTED', { upstream: upstream.name, reason: escapeControls(reason) })
  return { entries, note: `${upstream.name} lists no models (${reason}); these are the aliases` }
}

async function checked(entries: readonly ModelEntry[], questions: Questions): Promise<readonly ModelEntry[]> {
  const found: ModelEntry[] = []
  for (const entry of entries) found.push({ ...entry, ...(await routeOf(entry.id, questions)) })
  return found
}

async function routeOf(
  id: string,
  questions: Questions,
): Promise<Pick<ModelEntry, 'route' | 'route_reason'>> {
  const heard = await questions.count(id)
  if (heard.kind === 'answer' && heard.status === 200) return { route: 'there' }
  const isMissing = heard.kind === 'answer' && lacksModel(heard)
  return { route: isMissing ? 'none' : 'unknown', route_reason: inWords(heard) }
}

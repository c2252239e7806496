import type { Config } from '../../config/config.ts'
import { bodiesDirectory, ledgerDirectory, trafficDirectory } from '../../config/paths.ts'
import type { ExchangeRecord } from '../../exchange/exchange.ts'
import { toLine } from '../../exchange/line.ts'
import type { Finder } from '../../exchange/needles.ts'
import { redact } from '../../exchange/redact.ts'
import type { BodySettings } from '../../gateway/body-settings.ts'
import { ledgerLine } from '../../log/ledger.ts'
import { monthAt } from '../../log/period.ts'
import { TrafficLog } from '../../log/writer.ts'
import type { Context } from '../context.ts'
import { openPatterns } from '../policies/redaction.ts'

/** What a gateway writes down, as `log.*` says. */
export interface SessionLog {
  readonly bodies: BodySettings | undefined
  /** Of `log.redact`. */
  readonly patterns: readonly Finder[]
  /** Writes a record without its secrets, where there is a log. */
  append(record: ExchangeRecord, secrets: readonly string[]): void
  /** Writes its line in the ledger. @returns false where it could not be written */
  book(record: ExchangeRecord, secrets: readonly string[]): boolean
  /** How many records could not be written. */
  dropped(): number
}

/** @throws GatewayError CONFIG_BAD_VALUE */
export async function openSessionLog(
  context: Context,
  config: Config,
  onTrouble: (reason: string) => void,
): Promise<SessionLog> {
  const state = context.stateDirectory()
  const isOff = config.values['log.level'] === 'off'
  const log = isOff ? undefined : new TrafficLog({ directory: trafficDirectory(state), onTrouble })
  // Whatever `log.level` says: budgets and sums need it.
  const ledger = new TrafficLog({ directory: ledgerDirectory(state), periodAt: monthAt, onTrouble })
  return {
    bodies: bodySettings(state, config),
    patterns: await redactPatterns(config),
    append: (record, secrets) => log && append(log, record, secrets),
    book: (record, secrets) => ledger.append(redact(ledgerLine(record), secrets).text),
    dropped: () => log?.dropped ?? 0,
  }
}

function bodySettings(state: string, { values }: Config): BodySettings | undefined {
  const level = values['log.level']
  if (level !== 'errors' && level !== 'full') return undefined
  return { level, directory: bodiesDirectory(state) }
}

/** Where there is a log at all: also without bodies, an error may repeat what was sent. */
async function redactPatterns({ values, origins }: Config): Promise<readonly Finder[]> {
  if (values['log.level'] === 'off') return []
  return openPatterns(values['log.redact'], 'log.redact', origins['log.redact'])
}

function append(log: TrafficLog, record: ExchangeRecord, secrets: readonly string[]): void {
  const { text, count } = redact(toLine(record), secrets)
  log.append(count === 0 ? text : `${text.slice(0, -2)},"redacted":${count}}\n`)
}

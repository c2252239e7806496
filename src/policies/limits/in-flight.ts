import type { Use } from './account.ts'
import type { AccountState } from './account-state.ts'
import type { Self } from './in-flight-file.ts'
import { HEARTBEAT_MS, InFlightFile, inFlightDirectory } from './in-flight-file.ts'
import type { ReportReader } from './in-flight-reports.ts'
import { InFlightReports } from './in-flight-reports.ts'
import { toldOnce } from './told-once.ts'

export interface InFlightOptions {
  /** Whether other processes count it too. */
  readonly isShared: boolean
  readonly self: Self
  readonly ledgerDirectory: string
  readonly isAlive: ReportReader['isAlive']
  /** How the limits stand, which is told with what is in flight. */
  readonly accounts: () => readonly AccountState[]
  /** Told once, when the others cannot be told or asked. */
  readonly onTrouble: (reason: string) => void
  readonly now: () => number
}

/** What is under way: in this process, and by the files of the others. */
export class InFlight {
  readonly #options: InFlightOptions
  readonly #own = new Set<Use>()
  readonly #file: InFlightFile
  readonly #reports: InFlightReports
  readonly #heartbeat: NodeJS.Timeout
  /** A disk that is full costs exactness, not requests. */
  readonly #try: (action: () => void) => void
  /** As the others were told last: to work it out takes longer than a request should wait. */
  #accounts: readonly AccountState[] = []
  #isPublishing = false

  constructor(options: InFlightOptions) {
    const { self, ledgerDirectory, isAlive, onTrouble, now } = options
    const directory = inFlightDirectory(ledgerDirectory)
    this.#options = options
    this.#try = toldOnce(onTrouble, 'limits do not know what is in flight in other runs')
    this.#file = new InFlightFile(directory, self)
    this.#reports = new InFlightReports({ directory, host: self.host, isAlive })
    this.#heartbeat = setInterval(() => this.#try(() => this.#file.touch(now())), HEARTBEAT_MS).unref()
  }

  get own(): Iterable<Use> {
    return this.#own
  }

  others(nowMs: number): readonly Use[] {
    const uses: Use[] = []
    if (!this.#options.isShared) return uses
    this.#try(() => {
      for (const report of this.#reports.list(nowMs, this.#file.path)) uses.push(...report.uses)
    })
    return uses
  }

  /** The others know of it when this returns. */
  begin(use: Use): void {
    this.#own.add(use)
    this.#write()
  }

  /** They learn of this a moment later. */
  end(use: Use): void {
    if (!this.#own.delete(use) || this.#isPublishing) return
    this.#isPublishing = true
    setImmediate(() => this.#isPublishing && this.#publish())
  }

  close(): void {
    this.#isPublishing = false
    clearInterval(this.#heartbeat)
    this.#own.clear()
    this.#try(() => this.#file.remove())
  }

  #publish(): void {
    this.#isPublishing = false
    this.#accounts = this.#options.accounts()
    this.#write()
  }

  #write(): void {
    if (!this.#options.isShared) return
    const report = { ...this.#options.self, uses: [...this.#own], accounts: this.#accounts }
    this.#try(() => this.#file.write(report))
  }
}

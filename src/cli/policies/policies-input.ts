import type { Tags } from '../../config/tags.ts'
import type { Identity } from '../../gateway/record.ts'
import type { PriceTable } from '../../usage/price-table.ts'
import type { Secrets } from '../upstream/secrets.ts'

/** What policies go by beside their configuration. */
export interface PoliciesInput {
  readonly identity: Identity
  readonly prices: PriceTable
  readonly secrets: Pick<Secrets, 'storePassword' | 'tls'>
  /** Labels of the folder as it is now, of which some stand in texts. */
  readonly findTags: () => Tags
  /** Whether no request is sent. */
  readonly isTrial?: boolean
  readonly onTrouble: (reason: string) => void
}

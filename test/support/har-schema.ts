import { createRequire } from 'node:module'
import { Ajv } from 'ajv'

interface Har {
  readonly log: {
    readonly creator: { readonly name: string }
    readonly entries: readonly {
      readonly response: { readonly status: number }
      readonly [field: string]: unknown
    }[]
  }
}

const require = createRequire(import.meta.url)
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'))
ajv.addSchema(Object.values(require('har-schema')) as object[])

/** The archive itself. @throws where the schema of HAR 1.2 does not allow it */
export function validHar(archive: unknown): Har {
  const isValid = ajv.getSchema('har.json#')
  if (isValid?.(archive)) return archive as Har
  throw new Error(`no HAR 1.2: ${ajv.errorsText(isValid?.errors)}`)
}

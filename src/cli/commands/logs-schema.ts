import { jsonSchema } from '../../exchange/json-schema.ts'
import type { Context } from '../context.ts'
import { print } from '../output.ts'

/** `claude-gw logs schema`: the JSON Schema of a record and of a line of the ledger. @returns the exit code */
export async function logsSchema({ stdout }: Context): Promise<number> {
  await print(stdout, `${JSON.stringify(jsonSchema(), null, 2)}\n`)
  return 0
}

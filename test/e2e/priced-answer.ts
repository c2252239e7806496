import type { Fault } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import { textAnswer } from './real-claude.ts'

/** Answers with a usage that a test makes up. @param model that it says it is; by default the one asked for */
export function pricedAnswer(usage: object, model?: string): Fault {
  return async (call) => {
    await call.request.arrived
    const asked = JSON.parse(String(call.request.body)).model
    await answer(textAnswer('Hello from upstream', { usage, model: model ?? asked }))(call)
  }
}

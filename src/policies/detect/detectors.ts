import { anthropicKey } from './anthropic-key.ts'
import { awsKey } from './aws-key.ts'
import { brCpf } from './br-cpf.ts'
import { creditCard } from './credit-card.ts'
import { deTaxId } from './de-tax-id.ts'
import type { Detector } from './detector.ts'
import { email } from './email.ts'
import { esDni } from './es-dni.ts'
import { frNir } from './fr-nir.ts'
import { githubToken } from './github-token.ts'
import { highEntropy } from './high-entropy.ts'
import { iban } from './iban.ts'
import { itFiscalCode } from './it-fiscal-code.ts'
import { jwt } from './jwt.ts'
import { nlBsn } from './nl-bsn.ts'
import { openaiKey } from './openai-key.ts'
import { phone } from './phone.ts'
import { privateKey } from './private-key.ts'
import { usSsn } from './us-ssn.ts'

/** All that are built in, by what they find. What stands first counts where two find the same range. */
export const DETECTORS: readonly Detector[] = [
  privateKey,
  anthropicKey,
  openaiKey,
  githubToken,
  awsKey,
  jwt,
  email,
  creditCard,
  iban,
  usSsn,
  deTaxId,
  nlBsn,
  esDni,
  frNir,
  itFiscalCode,
  brCpf,
  phone,
  highEntropy,
]

/** Those that are on where nothing else is said: one that errs has to be asked for. */
export const USUAL_DETECTORS: readonly Detector[] = DETECTORS.filter((detector) => detector !== highEntropy)

import { isSecretName } from '../exchange/likely-secret.ts'
import { MASK } from '../exchange/redact.ts'

/**
 * Path and query of a request as they may be written down: keys are often sent in them.
 * @param mask hides what looks like a secret
 */
export function shownTarget(
  target: string,
  mask: (text: string) => string,
): { readonly path: string; readonly query?: string } {
  const mark = target.indexOf('?')
  if (mark === -1) return { path: mask(target) }
  const parameters = target.slice(mark + 1).split('&')
  return {
    path: mask(target.slice(0, mark)),
    query: parameters.map((parameter) => maskSecretValue(parameter) ?? mask(parameter)).join('&'),
  }
}

/** The values of the parameters that are secret by their name. */
export function secretsOfTarget(target: string): string[] {
  const mark = target.indexOf('?')
  if (mark === -1) return []
  const parameters = target
    .slice(mark + 1)
    .split('&')
    .map(split)
  return parameters.flatMap(([name, value]) => (value !== undefined && isSecretName(name) ? [value] : []))
}

function maskSecretValue(parameter: string): string | undefined {
  const [name, value] = split(parameter)
  return value && isSecretName(name) ? `${name}=${MASK}` : undefined
}

function split(parameter: string): readonly [name: string, value?: string] {
  const mark = parameter.indexOf('=')
  return mark === -1 ? [parameter] : [parameter.slice(0, mark), parameter.slice(mark + 1)]
}

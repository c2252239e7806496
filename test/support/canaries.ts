import { createHash } from 'node:crypto'

/** Secrets by the name of what each stands for. */
export type Canaries = Readonly<Record<string, string>>

/** Texts by the name of the place that each was found in. */
export type Places = Readonly<Record<string, string>>

/** Canaries that look like nothing: only who knows them can keep them out of a text. */
export function plainCanaries<Name extends string>(...names: readonly Name[]): Record<Name, string> {
  return canaries(names, (name) => `plain/secret+of=${name.replaceAll(' ', '-')}`)
}

/** Canaries that look as if drawn by lot: for what claude-gw is told nothing about. */
export function randomCanaries<Name extends string>(...names: readonly Name[]): Record<Name, string> {
  return canaries(names, (name) => `lot/${createHash('sha256').update(name).digest('hex')}+of=`)
}

function canaries<Name extends string>(
  names: readonly Name[],
  make: (name: Name) => string,
): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, string>
}

/** `place: canary` for each canary that stands in a place, in any of its forms. */
export function findLeaks(places: Places, planted: Canaries): string[] {
  return Object.entries(places).flatMap(([place, text]) =>
    Object.entries(planted)
      .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
      .map(([name]) => `${place}: ${name}`),
  )
}

/** The forms in which a secret travels: as it is, percent-encoded, and in both kinds of base64. */
function formsOf(secret: string): readonly string[] {
  const percent = encodeURIComponent(secret)
  const base64 = base64Forms(secret)
  return [
    secret,
    percent,
    percent.replace(/%../g, (code) => code.toLowerCase()),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

/** The part that is the same whatever stands around the secret, for each of the three ways in which bytes can fall. */
function base64Forms(secret: string): string[] {
  return ['', 'x', 'xx'].map((start) =>
    Buffer.from(start + secret)
      .toString('base64')
      .replace(/=+$/, '')
      .slice(start.length + 1, -1),
  )
}

/** A text that repeats secrets in all their forms, as the error of a program might. */
export function repeatAll(secrets: readonly string[]): string {
  return secrets.flatMap((secret) => [secret, encodeURIComponent(secret), ...inBase64(secret)]).join(', ')
}

function inBase64(secret: string): string[] {
  return ['', 'x', 'xx'].flatMap((start) => {
    const bytes = Buffer.from(`${start}${secret}:`)
    return [bytes.toString('base64'), bytes.toString('base64url')]
  })
}

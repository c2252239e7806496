const LOOPBACK = ['127.0.0.1', 'localhost', '::1']

/** A list of proxy exceptions with the loopback names in it; `*` already excepts everything. */
export function mergeNoProxy(value: string | undefined): string {
  const names = splitNames(value)
  if (names.includes('*')) return value ?? ''
  return [...names, ...LOOPBACK.filter((name) => !names.includes(name))].join(',')
}

/** Whether the gateway's own address is in a list of proxy exceptions. */
export function exceptsLoopback(value: string): boolean {
  return splitNames(value).some((name) => name === '*' || name === LOOPBACK[0])
}

function splitNames(value: string | undefined): string[] {
  return (value ?? '').split(/[\s,]+/).filter(Boolean)
}

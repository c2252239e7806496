/** The ids of all checks, in their order, apart from those that hold the name of a model. */
export const CHECK_IDS = [
  ...['node', 'config', 'policies', 'trust', 'claude', 'shims', 'settings', 'managed', 'nesting'],
  ...['state', 'disk', 'log', 'proxy', 'certificates', 'keychain', 'key', 'login'],
  ...['url', 'dns', 'tls', 'reach', 'redirect', 'credential', 'headers', 'clock', 'errors', 'compression'],
  ...['count-tokens', 'fields', 'betas', 'models', 'filter', 'size', 'request-id', 'rate-limits'],
  ...['too-long', 'streaming', 'stream-end', 'pings', 'idle'],
] as const

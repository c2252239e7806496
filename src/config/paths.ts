import { isAbsolute, join } from 'node:path'
import { GatewayError } from '../base/errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The folder of logs and of lists of running gateways: `CLAUDE_GW_STATE_DIR`, else the platform's place for
 * state (XDG Base Directory Specification; Application Support on macOS; Local AppData on Windows).
 * @throws GatewayError CONFIG_BAD_VALUE for a relative one: each repository could have its own there
 */
export function stateDirectory(env: Environment, home: string, platform: NodeJS.Platform): string {
  const chosen = env['CLAUDE_GW_STATE_DIR']
  if (chosen) return absolute('CLAUDE_GW_STATE_DIR', chosen)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'claude-gw', 'state')
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'claude-gw', 'State')
  return join(absoluteOr(env['XDG_STATE_HOME'], join(home, '.local', 'state')), 'claude-gw')
}

/**
 * The folder of the user's configuration: `CLAUDE_GW_CONFIG_DIR`, else the one that `conf` would take.
 * @throws GatewayError CONFIG_BAD_VALUE for a relative one: each repository could have its own there
 */
export function configDirectory(env: Environment, home: string, platform: NodeJS.Platform): string {
  const chosen = env['CLAUDE_GW_CONFIG_DIR']
  if (chosen) return absolute('CLAUDE_GW_CONFIG_DIR', chosen)
  if (platform === 'darwin') return join(home, 'Library', 'Preferences', 'claude-gw')
  if (platform === 'win32')
    return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'claude-gw', 'Config')
  return join(absoluteOr(env['XDG_CONFIG_HOME'], join(home, '.config')), 'claude-gw')
}

/** A relative one is none, says the XDG Base Directory Specification. */
function absoluteOr(path: string | undefined, standard: string): string {
  return path && isAbsolute(path) ? path : standard
}

function absolute(key: string, path: string): string {
  if (isAbsolute(path)) return path
  throw new GatewayError('CONFIG_BAD_VALUE', {
    origin: 'environment',
    key,
    expected: 'a path from the root',
    value: `"${path}"`,
  })
}

/** The configuration of the user. */
export function userFilePath(directory: string): string {
  return join(directory, 'config.json')
}

/** The configuration of the machine, for its administrator. */
export function machineFilePath(env: Environment, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return '/Library/Application Support/claude-gw/config.json'
  if (platform === 'win32') return join(env['ProgramData'] || 'C:\\ProgramData', 'claude-gw', 'config.json')
  return '/etc/claude-gw/config.json'
}

/** Where the monthly ledgers are. */
export function ledgerDirectory(state: string): string {
  return join(state, 'ledger')
}

/** Where the daily traffic logs are. */
export function trafficDirectory(state: string): string {
  return join(state, 'traffic')
}

/** Where whole bodies are. */
export function bodiesDirectory(state: string): string {
  return join(state, 'bodies')
}

/** Where sums over logs are kept; what is in it can be made again at any time. */
export function usageCacheDirectory(state: string): string {
  return join(state, 'cache')
}

/** Where what texts of policies name is kept for each session. */
export function sessionsDirectory(state: string): string {
  return join(state, 'sessions')
}

/** Where it stands how far exchanges were shipped to collectors. */
export function shippingDirectory(state: string): string {
  return join(state, 'otlp')
}

/** Where it is kept what works through which upstream. */
export function upstreamsDirectory(state: string): string {
  return join(state, 'upstreams')
}

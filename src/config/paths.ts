import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The folder of logs and of lists of running gateways: `CLAUDE_GW_STATE_DIR`, else the platform's place for
 * state (XDG Base Directory Specification; Application Support on macOS; Local AppData on Windows).
 */
export function stateDirectory(env: Environment, home: string, platform: NodeJS.Platform): string {
  const chosen = env['CLAUDE_GW_STATE_DIR']
  if (chosen) return chosen
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'claude-gw', 'state')
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'claude-gw', 'State')
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'claude-gw')
}

/** Where the daily traffic logs are. */
export function trafficDirectory(state: string): string {
  return join(state, 'traffic')
}

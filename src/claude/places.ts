import { join, resolve } from 'node:path'
import { findGitDirectory } from '../base/git-directory.ts'
import type { Environment } from './environment.ts'

/** Where Claude Code keeps its settings and state for one user in one folder. */
export interface ClaudePlaces {
  /** The user's folder: `~/.claude`, or CLAUDE_CONFIG_DIR. */
  readonly configDirectory: string
  /** State and, for a subscriber, the account: `.claude.json`. */
  readonly globalConfigFile: string
  /** The folder that `claude` is started in. */
  readonly projectDirectory: string
  /** Root of the main worktree of the repository around it, whose local settings newer versions read too. */
  readonly repositoryRoot?: string
  readonly managed: ManagedPlaces
}

/** Where an administrator leaves settings, https://code.claude.com/docs/en/managed-settings. */
export interface ManagedPlaces {
  /** Folder of `managed-settings.json` and `managed-settings.d`. */
  readonly directory: string
  /** macOS: files of the preference domain `com.anthropic.claudecode`, first one first. */
  readonly preferenceFiles: readonly string[]
  /** Windows: the program `reg`, which reads the policy keys of the registry. */
  readonly registryProgram?: string
  /** WSL: the folder of the Windows side, which counts if an administrator wants it to. */
  readonly windowsDirectory?: string
}

export interface PlacesInput {
  readonly env: Environment
  readonly home: string
  readonly cwd: string
  readonly platform: NodeJS.Platform
  /** Login name, for the per-user preferences of macOS. */
  readonly user: string
  /** `os.release()`, which names Microsoft on WSL. */
  readonly kernel: string
}

/** The places of this machine. */
export function claudePlaces(input: PlacesInput): ClaudePlaces {
  const chosen = input.env['CLAUDE_CONFIG_DIR']
  const configDirectory = claudeConfigDirectory(input)
  const repositoryRoot = findRepositoryRoot(input.cwd)
  return {
    configDirectory,
    globalConfigFile: join(chosen ? configDirectory : input.home, '.claude.json'),
    projectDirectory: input.cwd,
    ...(repositoryRoot !== undefined && { repositoryRoot }),
    managed: managedPlaces(input),
  }
}

/** `~/.claude`, or CLAUDE_CONFIG_DIR. */
export function claudeConfigDirectory({ env, home, cwd }: Pick<PlacesInput, 'env' | 'home' | 'cwd'>): string {
  const chosen = env['CLAUDE_CONFIG_DIR']
  return chosen ? resolve(cwd, chosen) : join(home, '.claude')
}

function managedPlaces({ platform, user, kernel }: PlacesInput): ManagedPlaces {
  switch (platform) {
    case 'darwin':
      return {
        directory: '/Library/Application Support/ClaudeCode',
        preferenceFiles: [`${user}/`, ''].map(
          (folder) => `/Library/Managed Preferences/${folder}com.anthropic.claudecode.plist`,
        ),
      }
    case 'win32':
      return { directory: 'C:\\Program Files\\ClaudeCode', preferenceFiles: [], registryProgram: 'reg' }
    default:
      return {
        directory: '/etc/claude-code',
        preferenceFiles: [],
        ...(/microsoft/i.test(kernel) && {
          registryProgram: '/mnt/c/Windows/System32/reg.exe',
          windowsDirectory: '/mnt/c/Program Files/ClaudeCode',
        }),
      }
  }
}

/** A linked worktree has its git directory in that of the main one (gitrepository-layout(5)). */
function findRepositoryRoot(cwd: string): string | undefined {
  const found = findGitDirectory(cwd)
  const linked = /^(.*)[/\\]\.git[/\\]worktrees[/\\][^/\\]+$/.exec(found?.path ?? '')
  return linked?.[1] ?? found?.root
}

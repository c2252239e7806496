export type SettingsScope = 'user' | 'project' | 'managed'
export const SETTINGS_SCOPES: readonly SettingsScope[] = ['user', 'project', 'managed']

/** The file that such settings go to, by system (https://code.claude.com/docs/en/settings, …/managed-settings). */
export const CLAUDE_PLACES: Readonly<Record<SettingsScope, readonly string[]>> = {
  user: [
    'macOS, Linux   ~/.claude/settings.json, or settings.json in CLAUDE_CONFIG_DIR',
    'Windows        %USERPROFILE%\\.claude\\settings.json',
  ],
  project: ['any system     .claude/settings.json in the repository'],
  managed: [
    'macOS          /Library/Application Support/ClaudeCode/managed-settings.json',
    'Linux, WSL     /etc/claude-code/managed-settings.json',
    'Windows        C:\\Program Files\\ClaudeCode\\managed-settings.json',
  ],
}

/** https://code.visualstudio.com/docs/configure/settings */
export const VSCODE_PLACES: readonly string[] = [
  'macOS          ~/Library/Application Support/Code/User/settings.json',
  'Linux          ~/.config/Code/User/settings.json',
  'Windows        %APPDATA%\\Code\\User\\settings.json',
]

import type { LiteralDetector } from './detector.ts'
import { tokenAt } from './token.ts'

const TOKEN = /gh[pousr]_[A-Za-z\d]{36,251}|github_pat_[A-Za-z\d]{22}_[A-Za-z\d]{59}/y

/** Tokens of GitHub, classic and fine-grained. */
export const githubToken: LiteralDetector = {
  name: 'github-token',
  noun: 'GITHUB_TOKEN',
  anchors: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
  find: (text, at) => tokenAt(text, at, TOKEN),
}

import { execFileSync } from 'node:child_process'

/** The cli and e2e tiers test the built program, so it is built first. */
export function setup(): void {
  execFileSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' })
}

import type { Command } from 'commander'
import type { Context } from '../context.ts'

/** What a command does. @returns the exit code */
export type Run = (context: Context) => Promise<number>

/** Runs it with the options that were given to the command and to those above it. */
export type Execute = (command: Command, run: Run) => Promise<void>

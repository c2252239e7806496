#!/usr/bin/env node
process.argv.splice(2, 0, 'run-program')
await import('./claude-gw.js')

#!/usr/bin/env node
import module from 'node:module'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`claude-gw needs Node.js 20.19 or newer; this is ${process.version} (${process.execPath}).`)
  process.exit(1)
}
module.enableCompileCache?.()
const { commandIndex } = await import('../dist/global-options.js')
const argv = process.argv.slice(2)
const command = argv[commandIndex(argv)]
const isSmall = command === 'key' || command === 'statusline'
await import(isSmall ? `../dist/${command}.js` : '../dist/main.js')

// Asks the keychain of the operating system, once: a request as JSON on stdin, its answer as JSON on stdout.
// Not a command for people. A process of its own because a prompt on the desktop blocks a thread that an exit would
// have to wait for, because native code that crashes then takes no gateway with it, and because the prompt goes away
// when we give up.
import { createRequire } from 'node:module'
import { json } from 'node:stream/consumers'

const require = createRequire(import.meta.url)
const { platform, arch } = process

/** Any account will do: it is there for an instant, to see whether the keychain can be written. */
const PROBE = 'claude-gw probe'

const ACTIONS = {
  get: (keychain, { service, account }) =>
    askOpen(keychain, service, () => keychain.getPassword(service, account)),
  delete: (keychain, { service, account }) =>
    askOpen(keychain, service, () => keychain.deletePassword(service, account)),
  set: replace,
}

endWith(process.ppid)
process.stdout.write(JSON.stringify(await answer(await json(process.stdin))))

/** Whoever started this may be gone, and then nobody wants the prompt. A plain exit would wait for it. */
function endWith(caller) {
  const look = () => process.ppid !== caller && process.kill(process.pid, 'SIGKILL')
  setInterval(look, 500).unref()
}

async function answer(request) {
  let stage = 'load'
  try {
    const keychain = load()
    stage = 'call'
    return { ok: true, value: await ACTIONS[request.action](keychain, request) }
  } catch (error) {
    return { ok: false, stage, message: error.message }
  }
}

function load() {
  const found = require.resolve('keytar')
  try {
    return require(found)
  } catch {
    return loadNative()
  }
}

/** The package hides why its native part cannot be loaded, and does not look for its own build for musl (Alpine). */
function loadNative() {
  try {
    return require(`keytar/prebuilds/${platform}-${arch}/keytar.node`)
  } catch (cause) {
    try {
      return require(`keytar/prebuilds/${platform}musl-${arch}/keytar.node`)
    } catch {
      throw cause
    }
  }
}

/**
 * A Secret Service says "there is none" of a locked keychain as well. Being able to write tells them apart, or unlocks
 * the keychain; then it is asked again.
 */
async function askOpen(keychain, service, ask) {
  const found = await ask()
  if ((found !== null && found !== false) || platform === 'darwin' || platform === 'win32') return found
  await keychain.setPassword(service, PROBE, 'probe')
  await keychain.deletePassword(service, PROBE)
  return await ask()
}

/** What does not come back as it was given must not stay. */
async function replace(keychain, { service, account, secret }) {
  await keychain.setPassword(service, account, secret)
  if ((await keychain.getPassword(service, account)) === secret) return
  await keychain.deletePassword(service, account)
  throw new Error('it does not give back what was stored')
}

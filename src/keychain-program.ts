// Asks the keychain of the operating system, once: a request as one line of JSON on stdin, its answer on stdout.
// Not a command for people. A process of its own because a prompt on the desktop blocks a thread that an exit would
// have to wait for, because native code that crashes then takes no gateway with it, and because the prompt goes away
// when we give up.
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import type { KeychainAnswer } from './credentials/keychain.ts'
import type { KeychainLibrary } from './credentials/keychain-items.ts'
import { answerRequest } from './credentials/keychain-items.ts'

const { platform, arch } = process
const require = createRequire(import.meta.url)

const lines = createInterface({ input: process.stdin })
// Whoever started this is gone, and then nobody wants the prompt. A plain exit would wait for it.
lines.once('close', () => process.kill(process.pid, 'SIGKILL'))
const [line] = await once(lines, 'line')
process.stdout.write(JSON.stringify(await answer(line)))
lines.removeAllListeners('close').close()
process.stdin.destroy()

async function answer(request: string): Promise<KeychainAnswer> {
  let stage: 'load' | 'call' = 'load'
  try {
    const library = load()
    stage = 'call'
    const hidesLocked = platform !== 'darwin' && platform !== 'win32'
    return { ok: true, value: await answerRequest(JSON.parse(request), { library, hidesLocked }) }
  } catch (error) {
    return { ok: false, stage, message: (error as Error).message }
  }
}

function load(): KeychainLibrary {
  require.resolve('keytar')
  try {
    return require('keytar')
  } catch {
    return loadNative()
  }
}

/** The package hides why its native part cannot be loaded, and does not look for its own build for musl (Alpine). */
function loadNative(): KeychainLibrary {
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

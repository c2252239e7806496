import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import tls from 'node:tls'
import { promisify } from 'node:util'
import { certificatesIn } from './pem.ts'

export interface TrustStoreInput {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
}

/** Runs a program and gives what it prints. */
export type Run = (program: string, args: readonly string[]) => Promise<string>

/**
 * The authorities that this machine trusts, as PEM texts; none where they cannot be read. It takes up to seconds, and
 * is meant for the moment in which Node's own authorities did not suffice. `CLAUDE_CODE_CERT_STORE` can leave them out,
 * as in Claude Code (https://code.claude.com/docs/en/network-config).
 */
export async function systemAuthorities(
  { env, platform }: TrustStoreInput,
  run: Run = runProgram,
): Promise<readonly string[]> {
  const store = env['CLAUDE_CODE_CERT_STORE']
  if (store && !store.split(',').some((name) => name.trim() === 'system')) return []
  if (platform === 'win32' || platform === 'darwin') return askSystem(platform, env, run)
  return readBundle(env)
}

/** Node has this from 22.15 and 23.10 on (https://nodejs.org/api/tls.html#tlsgetcacertificatestype). */
interface NewerTls {
  readonly getCACertificates?: (type: 'system') => string[]
}

async function askSystem(
  platform: 'win32' | 'darwin',
  env: TrustStoreInput['env'],
  run: Run,
): Promise<readonly string[]> {
  try {
    const { getCACertificates } = tls as NewerTls
    if (getCACertificates) return getCACertificates('system')
    return certificatesIn(await (platform === 'darwin' ? askKeychains(run) : askPowerShell(env, run)))
  } catch {
    return []
  }
}

/** Those of Apple and of the administrator; `security help find-certificate` has the options. */
function askKeychains(run: Run): Promise<string> {
  return run('/usr/bin/security', [
    'find-certificate',
    '-a',
    '-p',
    '/System/Library/Keychains/SystemRootCertificates.keychain',
    '/Library/Keychains/System.keychain',
  ])
}

const PRINT_ROOTS = `Get-ChildItem Cert:\\LocalMachine\\Root, Cert:\\CurrentUser\\Root | ForEach-Object {
  '-----BEGIN CERTIFICATE-----'
  [Convert]::ToBase64String($_.RawData, 'InsertLineBreaks')
  '-----END CERTIFICATE-----'
}`

/** By its full path, so that nothing else of that name can answer. */
function askPowerShell(env: TrustStoreInput['env'], run: Run): Promise<string> {
  const root = env['SystemRoot'] ?? env['SYSTEMROOT'] ?? 'C:\\Windows'
  const program = `${root}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`
  return run(program, ['-NoProfile', '-NonInteractive', '-Command', PRINT_ROOTS])
}

const LONGEST_RUN_MS = 8_000

/** Without our variables, which may hold secrets; on Windows libuv adds those that no program can do without. */
async function runProgram(program: string, args: readonly string[]): Promise<string> {
  const options = { env: {}, timeout: LONGEST_RUN_MS, maxBuffer: 16 * 1024 ** 2, windowsHide: true }
  return (await promisify(execFile)(program, args, options)).stdout
}

/** Debian and Arch, Fedora and Red Hat, openSUSE, Alpine and the BSDs. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** The two variables are those of OpenSSL (https://docs.openssl.org/3.0/man7/openssl-env/). */
async function readBundle(env: TrustStoreInput['env']): Promise<readonly string[]> {
  const bundles = env['SSL_CERT_FILE'] ? [env['SSL_CERT_FILE']] : BUNDLES
  const directories = env['SSL_CERT_DIR']?.split(delimiter).filter(Boolean) ?? []
  const files = (await Promise.all(directories.map(listFiles))).flat()
  return [...(await readFirst(bundles)), ...(await Promise.all(files.map(readCertificates))).flat()]
}

async function readFirst(paths: readonly string[]): Promise<readonly string[]> {
  for (const path of paths) {
    const certificates = await readCertificates(path)
    if (certificates.length > 0) return certificates
  }
  return []
}

async function readCertificates(path: string): Promise<readonly string[]> {
  return readFile(path, 'utf8').then(certificatesIn, () => [])
}

async function listFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  return names.map((name) => join(directory, name))
}

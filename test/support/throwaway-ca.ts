import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why there are no throw-away certificates here; undefined if there are. Tests skip with this reason. */
export const opensslUnavailable =
  spawnSync('openssl', ['version']).status === 0 ? undefined : 'certificates need openssl'

/** What a TLS server needs, with PEM texts. */
export interface ServerIdentity {
  readonly key: string
  readonly cert: string
  /** Whom it trusts, where it asks its clients for a certificate. */
  readonly ca?: string
  readonly requestCert?: boolean
}

export interface ThrowawayCa {
  /** PEM text of the authority's certificate. */
  readonly ca: string
  /** The same, as a file. */
  readonly caPath: string
  /** For 127.0.0.1, localhost and upstream.test. */
  readonly server: ServerIdentity
  /** The same, and takes only clients with a certificate of this authority. */
  readonly strictServer: ServerIdentity
  readonly serverKeyPath: string
  /** A client certificate signed by the same authority. */
  readonly client: ServerIdentity
  readonly clientCertPath: string
  readonly clientKeyPath: string
  /** Writes an encrypted copy of a private key, and gives its path. @param format as `openssl pkey` has it */
  readonly encryptKey: (keyPath: string, passphrase: string, format?: 'pkcs8' | 'traditional') => string
  readonly remove: () => void
}

/** A certificate authority made for one test by the openssl program; nothing trusts it. @param days that all is valid */
export function createThrowawayCa(days = 2): ThrowawayCa {
  const folder = mkdtempSync(join(tmpdir(), 'throwaway-ca-'))
  const openssl = (line: string) =>
    execFileSync('openssl', line.split(' '), { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const keyOptions = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  const issue = (name: string, extensions: string): ServerIdentity => {
    openssl(
      `req -x509 ${keyOptions} -CA ca.pem -CAkey ca.key -keyout ${name}.key -out ${name}.pem -days ${days} -subj /CN=${name} ${extensions}`,
    )
    return { key: read(`${name}.key`), cert: read(`${name}.pem`) }
  }

  openssl(`req -x509 ${keyOptions} -keyout ca.key -out ca.pem -days ${days} -subj /CN=throwaway-authority`)
  const ca = read('ca.pem')
  const server = issue(
    'server',
    '-addext subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:upstream.test -addext basicConstraints=CA:FALSE',
  )
  return {
    ca,
    caPath: join(folder, 'ca.pem'),
    server,
    strictServer: { ...server, ca, requestCert: true },
    serverKeyPath: join(folder, 'server.key'),
    client: issue('client', '-addext extendedKeyUsage=clientAuth -addext basicConstraints=CA:FALSE'),
    clientCertPath: join(folder, 'client.pem'),
    clientKeyPath: join(folder, 'client.key'),
    encryptKey: (keyPath, passphrase, format = 'pkcs8') => {
      const path = `${keyPath}.${format}`
      const option = format === 'traditional' ? ' -traditional' : ''
      openssl(`pkey -in ${keyPath} -out ${path} -aes256 -passout pass:${passphrase}${option}`)
      return path
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

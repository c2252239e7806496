import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** PEM texts a TLS server needs. */
export interface ServerIdentity {
  readonly key: string
  readonly cert: string
}

export interface ThrowawayCa {
  /** PEM text of the authority's certificate. */
  readonly ca: string
  /** The same, as a file. */
  readonly caPath: string
  /** For 127.0.0.1 and localhost. */
  readonly server: ServerIdentity
  /** A client certificate signed by the same authority. */
  readonly client: ServerIdentity
  readonly remove: () => void
}

/** A certificate authority made for one test by the openssl program; nothing trusts it. */
export function createThrowawayCa(): ThrowawayCa {
  const folder = mkdtempSync(join(tmpdir(), 'throwaway-ca-'))
  const openssl = (line: string) =>
    execFileSync('openssl', line.split(' '), { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const keyOptions = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  const issue = (name: string, extensions: string): ServerIdentity => {
    openssl(
      `req -x509 ${keyOptions} -CA ca.pem -CAkey ca.key -keyout ${name}.key -out ${name}.pem -days 2 -subj /CN=${name} ${extensions}`,
    )
    return { key: read(`${name}.key`), cert: read(`${name}.pem`) }
  }

  openssl(`req -x509 ${keyOptions} -keyout ca.key -out ca.pem -days 2 -subj /CN=throwaway-authority`)
  return {
    ca: read('ca.pem'),
    caPath: join(folder, 'ca.pem'),
    server: issue(
      'server',
      '-addext subjectAltName=IP:127.0.0.1,DNS:localhost -addext basicConstraints=CA:FALSE',
    ),
    client: issue('client', '-addext extendedKeyUsage=clientAuth -addext basicConstraints=CA:FALSE'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

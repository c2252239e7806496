import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import { connect, TLSSocket } from 'node:tls'
import { portOf } from './forward-proxy.ts'

/** What the certificate of the other end says of itself. */
export interface Certificate {
  /** Who vouches for it, by the name that people know. */
  readonly issuer: string
  readonly expiresMs: number
}

/** The one of a connection that stands; undefined without TLS. */
export function certificateOf(socket: Socket): Certificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const { issuer, valid_to } = socket.getPeerCertificate()
  if (!issuer) return undefined
  const [name = 'an unknown authority'] = [issuer.O, issuer.CN].flat().filter((part) => part !== undefined)
  return { issuer: name, expiresMs: Date.parse(valid_to) }
}

/**
 * The one that a host shows, also if it is not trusted: to say whose it is. Nothing is sent over that connection, and
 * it is closed at once.
 * @returns undefined where none is shown in time
 */
export function shownCertificate(url: URL, limitMs: number): Promise<Certificate | undefined> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const servername = isIP(host) ? '' : host
  return new Promise((resolve) => {
    const socket = connect({ host, port: portOf(url), servername, rejectUnauthorized: false })
    const settle = (certificate: Certificate | undefined) => {
      socket.destroy()
      resolve(certificate)
    }
    socket.once('secureConnect', () => settle(certificateOf(socket))).once('error', () => settle(undefined))
    socket.setTimeout(limitMs, () => settle(undefined))
  })
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates in a PEM text, one by one, whatever stands between them (RFC 7468 section 2). */
export function certificatesIn(text: string): readonly string[] {
  return text.match(CERTIFICATE) ?? []
}

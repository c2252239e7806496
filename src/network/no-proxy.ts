import { BlockList, isIP } from 'node:net'

/**
 * Whether a list such as that of NO_PROXY excepts a host from proxies: `*`, names with everything below them, with or
 * without a leading `.` or `*.`, addresses, networks in CIDR form; each may have a port. The list is parted by commas or
 * spaces, as Claude Code has it (https://code.claude.com/docs/en/network-config).
 * @param hostname as in a URL: IPv6 addresses in brackets
 */
export function isExcepted(hostname: string, port: number, list: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '')
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      const excepted = parseEntry(entry)
      return (excepted.port ?? port) === port && covers(excepted.name, host)
    })
}

/** A colon may belong to an IPv6 address. */
function parseEntry(entry: string): { readonly name: string; readonly port: number | undefined } {
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? []
  return { name: bracketed ?? plain ?? entry, port: digits === undefined ? undefined : Number(digits) }
}

function covers(name: string, host: string): boolean {
  if (name === '*' || name === host) return true
  if (isIP(host)) return isInNetwork(name, host)
  const suffix = name.replace(/^\*?\./, '')
  return host === suffix || host.endsWith(`.${suffix}`)
}

/** CIDR, RFC 4632 section 3.1; also another spelling of the same IPv6 address. */
function isInNetwork(network: string, host: string): boolean {
  const [address = '', bits] = network.split('/')
  const family = isIP(address)
  const longest = family === 4 ? 32 : 128
  const prefix = bits === undefined ? longest : /^\d+$/.test(bits) ? Number(bits) : Number.NaN
  if (family === 0 || family !== isIP(host) || !(prefix <= longest)) return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const addresses = new BlockList()
  addresses.addSubnet(address, prefix, type)
  return addresses.check(host, type)
}

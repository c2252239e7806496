import { fromHome } from '../../base/home-path.ts'
import type { Config } from '../../config/config.ts'
import type { Check } from '../../doctor/check.ts'
import type { Fact } from '../../doctor/fact.ts'
import { factOf, known } from '../../doctor/fact.ts'
import type { AuthorityFile } from '../../doctor/local/certificates.ts'
import { certificatesCheck } from '../../doctor/local/certificates.ts'
import { proxyCheck } from '../../doctor/local/proxy.ts'
import { exceptsLoopback } from '../../launch/no-proxy.ts'
import type { TlsFiles } from '../../network/tls-files.ts'
import { readTlsFiles } from '../../network/tls-files.ts'
import { refuseUnverifiedTls } from '../../network/verification.ts'
import type { Context } from '../context.ts'
import { claudeEnvironment } from '../upstream/claude-environment.ts'
import { findProxy } from '../upstream/proxy.ts'
import type { Circumstances } from './circumstances.ts'

const PROXIES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']

/** What connections to the upstream go through, and whom they trust. */
export async function connectionChecks(
  context: Context,
  circumstances: Circumstances,
  tls: Fact<TlsFiles>,
): Promise<readonly Check[]> {
  const { config, claude, upstream: ground } = circumstances
  const { env } = claude.isKnown ? claudeEnvironment(claude.value) : context
  const authorities = config.isKnown ? authorityFiles(config.value, env, context.home) : []
  return [
    proxyCheck({
      ground,
      proxy: await factOf(() => findProxy(context, known(ground), known(claude))),
      variables: PROXIES.filter((name) => env[name]),
      exceptsLoopback: exceptsLoopback(env['no_proxy'] || env['NO_PROXY'] || ''),
    }),
    certificatesCheck({ ground, files: tls, authorities, nowMs: Date.now }),
  ]
}

/** The files of the keys `tls.*` and of Claude Code's variables. @throws GatewayError CONFIG_BAD_VALUE, TLS_UNVERIFIED */
export function tlsFilesOf(context: Context, { config, claude, upstream }: Circumstances): TlsFiles {
  const { values, origins } = known(config)
  if (known(upstream).url.protocol === 'https:') refuseUnverifiedTls(context.env)
  return readTlsFiles({ values, origins, ...claudeEnvironment(known(claude)), home: context.home })
}

function authorityFiles({ values }: Config, env: Context['env'], home: string): readonly AuthorityFile[] {
  const files = [
    { origin: 'tls.ca', path: values['tls.ca'] && fromHome(values['tls.ca'], home) },
    { origin: 'NODE_EXTRA_CA_CERTS', path: env['NODE_EXTRA_CA_CERTS'] ?? '' },
  ]
  return files.filter(({ path }) => path !== '')
}

import type { Answer } from './hearing.ts'

/** What a kind of gateway has to be told, in the words of its own configuration. */
export interface ServerWords {
  readonly buffering: string
  readonly bodySize: string
  readonly silence: string
}

/** By what their headers say, or their pages of errors; those that are built of another one before that. */
const KNOWN: readonly (readonly [name: RegExp, words: Partial<ServerWords>])[] = [
  [
    /kong/i,
    {
      buffering: '`response_buffering: false` in the route of Kong',
      bodySize:
        '`KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE=32m`, and `allowed_payload_size` of `request-size-limiting`',
      silence: '`read_timeout: 600000` in the service of Kong',
    },
  ],
  [
    /nginx|openresty/i,
    {
      buffering:
        '`proxy_buffering off;` in the configuration of nginx, or the header `X-Accel-Buffering: no` from behind it',
      bodySize: '`client_max_body_size 32m;` in the configuration of nginx',
      silence: '`proxy_read_timeout 600s;` in the configuration of nginx',
    },
  ],
  [/envoy|istio/i, { silence: '`timeout: 600s` in the route of Envoy, and `stream_idle_timeout: 600s`' }],
  [/haproxy/i, { silence: '`timeout server 600s` in the backend of HAProxy' }],
  [/litellm/i, { silence: '`request_timeout: 600` in `litellm_settings`' }],
  [/awselb/i, { silence: '`idle_timeout.timeout_seconds` 600 at the load balancer' }],
  [
    /apigw|amazon api gateway/i,
    {
      silence: 'Amazon API Gateway ends an answer after 29 s: have its limit raised, or go past it',
      bodySize: 'Amazon API Gateway takes 10 MB at most: go past it for `/v1/messages`',
    },
  ],
  [/cloudflare/i, { silence: 'Cloudflare waits 100 s: have its `proxy_read_timeout` raised, or go past it' }],
  [/azure/i, { silence: 'the time limit of the backend settings at Azure, to 600 s' }],
  [/apache/i, { silence: '`ProxyTimeout 600` in the configuration of Apache' }],
  [/caddy/i, { buffering: '`flush_interval -1` in `reverse_proxy` of Caddy' }],
]

/** What mends a gateway of the kind that has answered; the general words for one that is not known. */
export function mendingWords(answer: Answer, topic: keyof ServerWords): string | undefined {
  const page = answer.status >= 400 ? answer.text.slice(0, 2_000) : ''
  const traces = `${serverOf(answer)} ${page}`
  return KNOWN.find(([name]) => name.test(traces))?.[1][topic]
}

/** Headers by which a kind of gateway is known, where `server` is silent. */
const MARKS: readonly (readonly [header: string, name: string])[] = [
  ['cf-ray', 'cloudflare'],
  ['x-litellm-version', 'litellm'],
  ['x-kong-request-id', 'kong'],
  ['x-amz-apigw-id', 'Amazon API Gateway'],
  ['x-azure-ref', 'Azure Front Door'],
]

/** Who the headers say has answered: `nginx`, `cloudflare`; empty where they do not. */
export function serverOf({ headers }: Answer): string {
  const marks = MARKS.flatMap(([header, name]) => (headers[header] ? [name] : []))
  const names = [headers['server'], headers['via'], ...marks]
  return [...new Set(names.filter((name) => typeof name === 'string' && name !== ''))].join(', ')
}

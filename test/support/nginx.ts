import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { GATEWAY_KEY } from './broken-gateway.ts'
import { freePort } from './free-port.ts'
import type { ModelApi } from './model-api.ts'
import { API_KEY } from './model-api.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** Why there is no nginx to test with; undefined if there is. Tests skip with this reason. */
export const nginxUnavailable =
  spawnSync('nginx', ['-v']).status === 0 ? undefined : 'a gateway of that kind needs nginx'

/** Directives of nginx by name; an undefined value leaves one at its default. */
export type Directives = Readonly<Record<string, string | undefined>>

const FOLDERS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** An nginx that is a gateway in front of the API, as it has to be set up. @param changed what is set up otherwise */
export async function startNginx(api: ModelApi, changed: Directives = {}): Promise<string> {
  const [port, folder] = [await freePort(), temporaryDirectory()]
  const path = join(folder, 'nginx.conf')
  writeFileSync(path, configuration(port, folder, { ...healthy(api), ...changed }))
  const server = spawn('nginx', ['-p', folder, '-c', path, '-e', 'stderr'], { stdio: 'inherit' })
  onTestFinished(async () => {
    if (server.exitCode !== null) return
    server.kill('SIGTERM')
    await once(server, 'exit')
  })
  await untilListening(port)
  return `http://127.0.0.1:${port}`
}

function healthy({ url }: ModelApi): Directives {
  return {
    proxy_pass: url,
    proxy_http_version: '1.1',
    'proxy_set_header x-api-key': API_KEY,
    'proxy_set_header authorization': '""',
    proxy_buffering: 'off',
    proxy_read_timeout: '600s',
    client_max_body_size: '32m',
  }
}

function configuration(port: number, folder: string, directives: Directives): string {
  const lines = Object.entries(directives).flatMap(([name, value]) =>
    value === undefined ? [] : `${name} ${value};`,
  )
  // Its worker would be another user, for whom the folder is closed.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  return `daemon off;
${user}
worker_processes 1;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  ${FOLDERS.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    if ($http_authorization != "Bearer ${GATEWAY_KEY}") { return 401; }
    location / {
      ${lines.join('\n      ')}
    }
  }
}
`
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 250; tries++) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
    await delay(20)
  }
  throw new Error('nginx does not listen')
}

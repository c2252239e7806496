/** http-proxy-3 as one would write it for speed: a keep-alive agent, no log, no look at the bytes. */
import { Agent, createServer } from 'node:http'
import { createProxyServer } from 'http-proxy-3'

const target = process.argv[2]
const agent = new Agent({ keepAlive: true, maxSockets: 256 })
const proxy = createProxyServer({ target, agent, changeOrigin: true })
proxy.on('error', (error, request) => request.destroy(error))

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => proxy.web(request, response))
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })))
process.on('SIGTERM', () => process.exit())

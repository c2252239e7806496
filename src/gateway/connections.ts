import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of clients, by whether a request of theirs is still to be answered. */
export class Connections {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #openCounts = new WeakMap<Socket, number>()

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /** Keeps the connection of a request until it is answered; after that it goes too, if the server does not listen. */
  hold(socket: Socket, response: ServerResponse): void {
    this.#count(socket, 1)
    response.once('close', () => {
      this.#count(socket, -1)
      if (!this.#server.listening && !this.#isHeld(socket)) socket.destroySoon()
    })
  }

  /** Node's own `closeIdleConnections` leaves those alone that have not sent a request yet. */
  closeUnheld(): void {
    for (const socket of this.#sockets) if (!this.#isHeld(socket)) socket.destroy()
  }

  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #count(socket: Socket, change: number): void {
    this.#openCounts.set(socket, (this.#openCounts.get(socket) ?? 0) + change)
  }

  #isHeld(socket: Socket): boolean {
    return (this.#openCounts.get(socket) ?? 0) > 0
  }
}

// What a VS Code in the browser has in front of it (code-server's is one): a server that passes `/proxy/PORT/…` on to that port.

import { createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'

/** A running proxy: its origin, and the way to end it. */
export interface PathProxy {
  origin: string
  close(): void
}

/** The port and the path behind it that `/proxy/PORT/PATH` names. */
function target(url: string | undefined): { port: number; path: string } | undefined {
  const [, port, path] = /^\/proxy\/(\d+)(\/.*)$/.exec(url ?? '') ?? []
  return port === undefined ? undefined : { port: Number(port), path }
}

const headerLines = ({ rawHeaders }: IncomingMessage): string =>
  rawHeaders.map((text, at) => text + (at % 2 === 0 ? ': ' : '\r\n')).join('')

/** Serves on a free port of the loopback address; web sockets pass too. */
export async function startPathProxy(): Promise<PathProxy> {
  const server = createServer((asked, answer) => {
    const to = target(asked.url)
    if (!to) return void answer.writeHead(404).end('Not found.')
    const { method, headers } = asked
    const passed = request({ host: '127.0.0.1', ...to, method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.rawHeaders)
      got.pipe(answer)
    })
    passed.on('error', (error) => answer.writeHead(502).end(String(error)))
    asked.pipe(passed)
  })
  server.on('upgrade', (asked, socket, head) => {
    const to = target(asked.url)
    if (!to) return void socket.destroy()
    const onward = connect(to.port, '127.0.0.1', () => {
      onward.write(`GET ${to.path} HTTP/1.1\r\n${headerLines(asked)}\r\n`)
      onward.write(head)
      onward.pipe(socket).pipe(onward)
    })
    for (const [one, other] of [
      [onward, socket],
      [socket, onward],
    ])
      one.on('error', () => other.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

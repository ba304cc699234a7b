// A scheduler's front without a scheduler: it greets, keeps what it is told, and says what a test makes it say.

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FrameSocket } from '../../runtime/host/frameSocket.ts'
import { acceptFrames } from '../../runtime/host/frameUpgrade.ts'
import { decodeFrame } from '../../runtime/protocol/frame.ts'
import {
  CLIENT_MESSAGES,
  CLIENT_REPLIES,
  type ClientMessage,
  type ClientReply,
} from '../../runtime/protocol/messages.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import type { SchedulerAddress } from '../../runtime/session/address.ts'

export const TOKEN = 'a-token'

export interface FakeScheduler extends AsyncDisposable {
  address: SchedulerAddress
  /** Everything the client said after its hello. */
  heard: ClientMessage[]
  say(reply: ClientReply): void
  hangUp(): void
}

export interface FakeOptions {
  /** The protocol version it claims to speak. */
  protocol?: number
  /** Said in one go with the welcome. */
  early?: ClientReply[]
  /** Answers each message. */
  answer?: (message: ClientMessage, say: (reply: ClientReply) => void) => void
  /** Accepts connections and says nothing. */
  mute?: boolean
}

export async function fakeScheduler(options: FakeOptions = {}): Promise<FakeScheduler> {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-fake-'))
  const path = join(folder, 'control.sock')
  const server = createServer()
  let client: FrameSocket | undefined
  const heard: ClientMessage[] = []
  const say = (reply: ClientReply): void => client?.send(CLIENT_REPLIES, reply)
  const receive = (bytes: Uint8Array): void => {
    const message = decodeFrame(CLIENT_MESSAGES, bytes)
    if (message.type === 'hello') {
      if (options.mute) return
      const cluster = {
        id: 'fake',
        version: '0.0.0',
        dashboardUrl: 'http://localhost',
        startedMs: 0,
        workers: [],
      }
      say({ type: 'welcome', protocol: options.protocol ?? PROTOCOL_VERSION, cluster })
      for (const reply of options.early ?? []) say(reply)
      return
    }
    heard.push(message)
    options.answer?.(message, say)
  }
  server.on('upgrade', (request, socket, head) => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    client = acceptFrames(socket, head)
    client.hear({
      frame: receive,
      broken: (text) => heard.push({ type: 'shutdown', reason: text }),
      closed: () => {},
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    address: { control: `unix:${path}`, token: TOKEN, source: path },
    heard,
    say,
    hangUp: () => client?.terminate(),
    async [Symbol.asyncDispose]() {
      client?.terminate()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}

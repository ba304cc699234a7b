// A socket of frames: however the bytes are cut, each frame comes once, whole and in order; what is no frame ends the connection.

import assert from 'node:assert/strict'
import { Duplex, type Writable } from 'node:stream'
import test from 'node:test'
import { FrameSocket } from '../../runtime/host/frameSocket.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import { CLIENT_MESSAGES, type ClientMessage } from '../../runtime/protocol/messages.ts'

/** A stream whose other end is the test: what is written is kept, what is fed is read. */
class Wire extends Duplex {
  readonly written: Buffer[] = []
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(Buffer.from(chunk))
    done()
  }
  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.written.push(Buffer.concat(chunks.map(({ chunk }) => chunk)))
    done()
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const release = (...handles: number[]): ClientMessage => ({
  type: 'release',
  handles: Uint32Array.from(handles),
})

/** What a socket hears when these bytes come in these pieces. */
async function heard(
  pieces: readonly Uint8Array[],
): Promise<{ messages: unknown[]; broken: string[]; closed: boolean }> {
  const wire = new Wire()
  const socket = new FrameSocket(wire)
  const result = { messages: [] as unknown[], broken: [] as string[], closed: false }
  socket.hear({
    frame: (bytes) => result.messages.push(decodeFrame(CLIENT_MESSAGES, bytes)),
    broken: (text) => result.broken.push(text),
    closed: () => {
      result.closed = true
    },
  })
  await turn()
  for (const piece of pieces) wire.push(piece)
  await turn()
  await turn()
  return result
}

/** What a socket writes for these messages, sent in one go. */
async function wire(messages: readonly ClientMessage[]): Promise<Buffer[]> {
  const out = new Wire()
  const socket = new FrameSocket(out)
  for (const message of messages) socket.send(CLIENT_MESSAGES, message)
  await turn()
  return out.written
}

const large = release(...Array.from({ length: 40_000 }, (_, i) => i))
const some: ClientMessage[] = [
  release(1),
  { type: 'cancel', handles: Uint32Array.of(1, 2, 3), reason: 'naïve' },
  large,
  release(),
  { type: 'query', request: 7, what: 'logs' },
]

test('small frames of one go are one write', async () => {
  const written = await wire([release(1), release(2), release(3)])
  assert.equal(written.length, 1)
  assert.deepEqual((await heard(written)).messages, [release(1), release(2), release(3)])
})

test('frames come whole and in order, wherever the stream is cut in two', async () => {
  const bytes = Buffer.concat(await wire([release(1), release(2, 3, 4), release()]))
  for (let cut = 0; cut <= bytes.length; cut++) {
    const { messages } = await heard(
      [bytes.subarray(0, cut), bytes.subarray(cut)].filter((one) => one.length > 0),
    )
    assert.deepEqual(messages, [release(1), release(2, 3, 4), release()], `cut at ${cut}`)
  }
})

for (const seed of [1, 2, 3, 4, 5, 6])
  test(`frames of every size, cut at random (seed ${seed})`, async () => {
    let state = seed
    const next = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return (state >>> 8) % below
    }
    const messages = Array.from({ length: 40 }, () => some[next(some.length)])
    const bytes = Buffer.concat(await wire(messages))
    const pieces: Buffer[] = []
    const step = [1, 7, 100, 5000, 100_000, 1_000_000][seed - 1]
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + 1 + next(step * (seed === 1 ? 3000 : 1)))
      pieces.push(bytes.subarray(at, end))
      at = end
    }
    assert.deepEqual((await heard(pieces)).messages, messages)
  })

test('a frame that was encoded for many is carried too', async () => {
  const out = new Wire()
  const socket = new FrameSocket(out)
  for (const message of some) socket.sendFrame(encodeFrame(CLIENT_MESSAGES, message))
  await turn()
  assert.deepEqual((await heard(out.written)).messages, some)
})

test('what came right behind the handshake is heard, once somebody hears', async () => {
  const bytes = Buffer.concat(await wire(some))
  const socket = new FrameSocket(new Wire(), bytes.subarray(0, 100))
  const messages: unknown[] = []
  socket.hear({
    frame: (frame) => messages.push(decodeFrame(CLIENT_MESSAGES, frame)),
    broken: () => {},
    closed: () => {},
  })
  assert.deepEqual(messages, [], 'whoever hears may still be about to learn of the socket')
  await turn()
  assert.deepEqual(messages, [some[0]])
})

test('what is no frame ends the connection', async () => {
  for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(16, 0xff)]) {
    const { broken, closed } = await heard([bytes])
    assert.deepEqual(broken, ['what came is no frame of heddle'])
    assert.ok(closed)
    const slowly = await heard([...bytes].map((byte) => Uint8Array.of(byte)))
    assert.deepEqual(slowly.broken, ['what came is no frame of heddle'])
  }
})

test('close writes what was sent; nothing is written afterwards', async () => {
  const out = new Wire()
  const socket = new FrameSocket(out)
  socket.send(CLIENT_MESSAGES, release(1))
  socket.close()
  socket.send(CLIENT_MESSAGES, release(2))
  await turn()
  assert.deepEqual((await heard(out.written)).messages, [release(1)])
  assert.ok((out as Writable).writableEnded)
})

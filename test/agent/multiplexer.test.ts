// The link's core: channels take turns, none takes more than its window, and a lost connection loses nothing.

import assert from 'node:assert/strict'
import test from 'node:test'
import {
  ACK,
  DATA,
  encodeLinkFrame,
  HEADER_BYTES,
  LinkFrameReader,
  OPEN,
  PAYLOAD_BYTES_MAX,
} from '../../runtime/agent/linkFrames.ts'
import { DEAD_MS, look, newLiveness, PING_MS } from '../../runtime/agent/liveness.ts'
import { type LinkEvent, Multiplexer, WINDOW_BYTES } from '../../runtime/agent/multiplexer.ts'
import { Random } from '../simulation/random.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Both ends, and a connection between them that carries bytes in pieces and can be cut. */
class Pair {
  readonly ends = [new Multiplexer('client'), new Multiplexer('agent')] as const
  readonly #wires: [Uint8Array[], Uint8Array[]] = [[], []]
  #readers = [new LinkFrameReader(), new LinkFrameReader()]

  connect(): void {
    const [client, agent] = this.ends
    const had = [client.received, agent.received]
    this.#readers = [new LinkFrameReader(), new LinkFrameReader()]
    client.attach(had[1])
    agent.attach(had[0])
  }

  /** What was on its way is lost. */
  cut(): void {
    for (const wire of this.#wires) wire.length = 0
    for (const end of this.ends) end.detach()
  }

  /** Puts frames on the wire, `side` sends. */
  send(side: 0 | 1, frames = Number.POSITIVE_INFINITY): LinkEvent[] {
    for (let i = 0; i < frames; i++) {
      const bytes = this.ends[side].take()
      if (!bytes) break
      this.#wires[side].push(bytes)
    }
    return this.ends[side].drained()
  }

  /** Hands over what is on the wire to `side`, cut anew into pieces. */
  deliver(side: 0 | 1, random?: Random): LinkEvent[] {
    const wire = this.#wires[1 - side]
    const bytes = Buffer.concat(wire)
    wire.length = 0
    const events: LinkEvent[] = []
    for (let at = 0; at < bytes.length; ) {
      const length = random ? 1 + random.below(40_000) : bytes.length
      for (const frame of this.#readers[side].push(new Uint8Array(bytes.subarray(at, at + length))))
        events.push(...this.ends[side].receive(frame))
      at += length
    }
    return events
  }

  settle(): LinkEvent[][] {
    const events: LinkEvent[][] = [[], []]
    for (let quiet = false; !quiet; ) {
      quiet = true
      for (const side of [0, 1] as const) {
        events[side].push(...this.send(side))
        if (this.#wires[side].length > 0) quiet = false
        events[1 - side].push(...this.deliver(side === 0 ? 1 : 0))
      }
    }
    return events
  }
}

test('frames are put together from pieces of any length', () => {
  const reader = new LinkFrameReader()
  const bytes = Buffer.concat([
    encodeLinkFrame({ type: OPEN, channel: 3, payload: utf8('{}') }),
    encodeLinkFrame({ type: ACK, channel: 0, payload: new Uint8Array(8) }),
  ])
  const frames = [...bytes].flatMap((byte) => reader.push(Uint8Array.of(byte)))
  assert.deepEqual(
    frames.map(({ type, channel, payload }) => [type, channel, payload.length]),
    [
      [OPEN, 3, 2],
      [ACK, 0, 8],
    ],
  )
})

test('a frame that no end of ours sends is refused at its header', () => {
  const header = new Uint8Array(HEADER_BYTES)
  new DataView(header.buffer).setUint32(0, PAYLOAD_BYTES_MAX + 1, true)
  assert.throws(() => new LinkFrameReader().push(header), {
    name: 'LinkFrameError',
    message: `a frame of ${PAYLOAD_BYTES_MAX + 1} bytes came over the link, where none is so large`,
  })
})

test('a channel is opened, carries data both ways, ends both ways, and is forgotten', () => {
  const pair = new Pair()
  pair.connect()
  const [client, agent] = pair.ends
  const channel = client.open('{"service":"echo"}')
  client.write(channel, utf8('question'))
  client.end(channel)
  assert.deepEqual(pair.settle()[1], [
    { kind: 'opened', channel, header: '{"service":"echo"}' },
    { kind: 'data', channel, bytes: utf8('question') },
    { kind: 'ended', channel },
  ])
  agent.write(channel, utf8('answer'))
  agent.end(channel)
  assert.deepEqual(pair.settle()[0], [
    { kind: 'data', channel, bytes: utf8('answer') },
    { kind: 'ended', channel },
  ])
  assert.deepEqual([client.channelCount, agent.channelCount], [0, 0])
})

test('a channel whose reader takes nothing stops after a window, and the others go on', () => {
  const pair = new Pair()
  pair.connect()
  const [client, agent] = pair.ends
  const slow = client.open('slow')
  const other = client.open('other')
  assert.equal(client.write(slow, new Uint8Array(3 * WINDOW_BYTES)), false)
  client.write(other, utf8('passes'))
  const came = pair.settle()[1]
  const slowBytes = came.reduce(
    (sum, event) => sum + (event.kind === 'data' && event.channel === slow ? event.bytes.length : 0),
    0,
  )
  assert.equal(slowBytes, WINDOW_BYTES)
  assert.ok(came.some((event) => event.kind === 'data' && event.channel === other))
  agent.consumed(slow, WINDOW_BYTES)
  const more = pair
    .settle()[1]
    .reduce((sum, event) => sum + (event.kind === 'data' ? event.bytes.length : 0), 0)
  assert.equal(more, WINDOW_BYTES)
})

test('channels take turns: a short answer does not wait for a long file', () => {
  const pair = new Pair()
  pair.connect()
  const [client] = pair.ends
  const file = client.open('file')
  const question = client.open('question')
  client.write(file, new Uint8Array(WINDOW_BYTES))
  client.write(question, utf8('?'))
  pair.send(0, 4)
  assert.deepEqual(
    pair.deliver(1).map((event) => [event.kind, event.channel]),
    [
      ['opened', file],
      ['opened', question],
      ['data', file],
      ['data', question],
    ],
  )
})

test('a reset reaches the other end, and what was on its way is not told', () => {
  const pair = new Pair()
  pair.connect()
  const [client, agent] = pair.ends
  const channel = client.open('x')
  pair.settle()
  client.write(channel, utf8('late'))
  client.reset(channel, 'not wanted any more')
  agent.write(channel, utf8('too late'))
  assert.deepEqual(pair.settle(), [[], [{ kind: 'reset', channel, reason: 'not wanted any more' }]])
  assert.deepEqual([client.channelCount, agent.channelCount], [0, 0])
})

test('an end that breaks the rules is told which', () => {
  const agent = new Multiplexer('agent')
  agent.attach(0)
  assert.throws(() => agent.receive({ type: OPEN, channel: 4, payload: utf8('x') }), {
    message: 'channel 4 was opened by the end that may not, or twice',
  })
  agent.receive({ type: OPEN, channel: 1, payload: utf8('x') })
  assert.throws(() => agent.receive({ type: DATA, channel: 1, payload: new Uint8Array(WINDOW_BYTES + 1) }), {
    message: 'channel 1 was sent more than there was room for',
  })
  assert.throws(() => agent.receive({ type: 99, channel: 1, payload: utf8('') }), {
    message: 'a frame of the unknown kind 99 came over the link',
  })
  assert.throws(() => agent.attach(7), {
    message: 'the other end says that it has 7 frames, where 0 to 0 are possible',
  })
})

test('an other end that lost everything ends every channel', () => {
  const pair = new Pair()
  pair.connect()
  const [client] = pair.ends
  const channel = client.open('x')
  pair.settle()
  pair.cut()
  assert.deepEqual(client.restart('the agent is a new one'), [
    { kind: 'reset', channel, reason: 'the agent is a new one' },
  ])
  client.attach(0)
  assert.deepEqual([client.take(), client.channelCount], [undefined, 0])
})

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
  test(`seed ${seed}: whatever is cut and whenever, every channel carries what was written, in order`, () => {
    const random = new Random(seed)
    const pair = new Pair()
    const written = new Map<string, Uint8Array[]>()
    const arrived = new Map<string, Uint8Array[]>()
    const ended = new Set<string>()
    const closed = new Set<string>()
    const open: [number[], number[]] = [[], []]
    const name = (from: number, channel: number): string => `${from}:${channel}`
    let connected = false
    const take = (side: 0 | 1, events: LinkEvent[]): void => {
      for (const event of events) {
        const key = name(1 - side, event.channel)
        if (event.kind === 'opened') open[side].push(event.channel)
        else if (event.kind === 'data') {
          arrived.set(key, [...(arrived.get(key) ?? []), event.bytes])
          if (random.chance(0.8)) pair.ends[side].consumed(event.channel, event.bytes.length)
          else owed.push({ side, channel: event.channel, bytes: event.bytes.length })
        } else if (event.kind === 'ended') ended.add(key)
      }
    }
    const owed: { side: 0 | 1; channel: number; bytes: number }[] = []
    const step = (): void => {
      const side = random.below(2) as 0 | 1
      const end = pair.ends[side]
      const kind = random.below(12)
      if (kind === 0) {
        const channel = end.open(`of ${side}`)
        open[side].push(channel)
      } else if (kind <= 4 && open[side].length > 0) {
        const channel = random.pick(open[side])
        const key = name(side, channel)
        if (closed.has(key)) return
        const bytes = new Uint8Array(random.below(random.chance(0.1) ? 400_000 : 2_000)).fill(
          random.below(256),
        )
        if (bytes.length === 0) return
        written.set(key, [...(written.get(key) ?? []), bytes])
        end.write(channel, bytes)
      } else if (kind === 5 && open[side].length > 0 && random.chance(0.3)) {
        const channel = random.pick(open[side])
        closed.add(name(side, channel))
        end.end(channel)
      } else if (kind === 6 && random.chance(0.3)) {
        pair.cut()
        connected = false
      } else if (kind === 7) {
        if (!connected) pair.connect()
        connected = true
      } else if (kind === 8)
        for (const one of owed.splice(0)) pair.ends[one.side].consumed(one.channel, one.bytes)
      else if (kind <= 10) pair.send(side, random.below(20))
      else take(side, pair.deliver(side, random))
    }
    for (let i = 0; i < 3000; i++) step()
    if (!connected) pair.connect()
    for (let i = 0; i < 200; i++) {
      for (const one of owed.splice(0)) pair.ends[one.side].consumed(one.channel, one.bytes)
      pair.ends[0].acknowledge()
      pair.ends[1].acknowledge()
      pair.send(0)
      take(1, pair.deliver(1, random))
      pair.send(1)
      take(0, pair.deliver(0, random))
    }
    for (const [key, pieces] of written)
      assert.ok(
        Buffer.concat(pieces).equals(Buffer.concat(arrived.get(key) ?? [])),
        `channel ${key} of seed ${seed}`,
      )
    assert.deepEqual([...ended].sort(), [...closed].sort())
    assert.deepEqual([pair.ends[0].keptBytes, pair.ends[1].keptBytes], [0, 0])
    const bothEnded = [...closed].filter(
      (key) => key.startsWith('0:') && closed.has(`1:${key.slice(2)}`),
    ).length
    assert.equal(pair.ends[0].channelCount, new Set(open.flat()).size - bothEnded)
  })

test('silence is asked about, and means death when no answer comes', () => {
  const state = newLiveness(0)
  const said: [number, string][] = []
  for (let ms = 1000; ms <= DEAD_MS; ms += 1000) {
    const what = look(state, ms)
    if (what !== 'nothing') said.push([ms, what])
  }
  assert.deepEqual(said, [
    [PING_MS, 'ask'],
    [2 * PING_MS, 'ask'],
    [DEAD_MS, 'dead'],
  ])
  assert.ok(DEAD_MS + 1000 <= 20_000, 'a frozen link is to be noticed within twenty seconds')
})

test('after sleep the link is asked before it is given up', () => {
  const state = newLiveness(0)
  assert.equal(look(state, 3_600_000), 'ask')
  for (let ms = 1000; ms < PING_MS; ms += 1000) assert.notEqual(look(state, 3_600_000 + ms), 'dead')
  assert.equal(look(state, 3_600_000 + PING_MS), 'dead')
})

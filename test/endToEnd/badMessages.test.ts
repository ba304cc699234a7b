// Messages that no client of ours would send, over real sockets to a real scheduler: an error to their sender alone.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { encodeFrame } from '../../runtime/protocol/frame.ts'
import {
  CLIENT_MESSAGES,
  CLIENT_REPLIES,
  type GraphMessage,
  WORKER_INSTRUCTIONS,
  WORKER_MESSAGES,
} from '../../runtime/protocol/messages.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import { mapShape, messageOf } from '../bench/schedulerCore.bench.ts'
import { Peer } from '../host/schedulerKit.ts'
import { graphMessage, readGraph } from '../scheduler/graphText.ts'

describe('bad messages', () => {
  let cluster: LocalCluster
  let client: Peer<typeof CLIENT_REPLIES, typeof CLIENT_MESSAGES>
  let bystander: Peer<typeof CLIENT_REPLIES, typeof CLIENT_MESSAGES>

  before(async () => {
    cluster = await startLocalCluster({ workers: 1, threadsPerWorker: 1, onOutput: () => {} })
    client = await greeted('clumsy')
    bystander = await greeted('bystander')
  })

  after(async () => {
    for (const peer of [client, bystander]) peer.hangUp()
    await cluster.close()
  })

  const urlOf = (room: string): string => `ws+unix:${cluster.address.control.slice('unix:'.length)}:/${room}`
  const headersOf = (): Record<string, string> => ({ authorization: `Bearer ${cluster.address.token}` })

  async function greeted(name: string) {
    const peer = new Peer(urlOf('client'), CLIENT_REPLIES, CLIENT_MESSAGES, headersOf())
    peer.send({ type: 'hello', protocol: PROTOCOL_VERSION, version: '0', name })
    await peer.next('welcome')
    return peer
  }

  let graphs = 0
  function graphOf(
    text: string,
    more: Parameters<typeof graphMessage>[1] extends infer O ? Partial<O> : never,
  ) {
    const number = ++graphs
    const read = readGraph(text)
    return graphMessage(read, { graph: number, wanted: read.sinks, handles: [number], ...more })
  }

  /** What the scheduler says to a graph; whoever else is there must go on. */
  async function refusalOf(message: GraphMessage): Promise<string> {
    client.send(message)
    const refused = await whileItLives(client.next('graph-refused'))
    assert.equal(refused.graph, message.graph)
    await othersGoOn()
    return refused.reason
  }

  /** A scheduler that ends answers nobody any more. */
  const whileItLives = <T>(answer: Promise<T>): Promise<T> =>
    Promise.race([answer, cluster.ended.then(() => assert.fail('the scheduler has ended'))])

  async function othersGoOn(): Promise<void> {
    for (const peer of [bystander, client]) {
      peer.send({ type: 'query', request: 9, what: 'info' })
      const { value } = await whileItLives(peer.next('answer'))
      assert.equal((value as { id: string }).id, cluster.address.id)
    }
  }

  test('a cycle, and a reference forward', async () => {
    const cycle = graphOf('x; y <- x', {})
    cycle.dependencies[0] = 1
    assert.match(
      await refusalOf(cycle),
      /^y-[0-9a-f]{32} depends on y-[0-9a-f]{32}, which does not come before it/,
    )
    const forward = graphOf('x; y <- x; z <- y', {})
    forward.dependencies[0] = 2
    assert.match(await refusalOf(forward), /depends on z-[0-9a-f]{32}, which does not come before it/)
    const nowhere = graphOf('x; y <- x', {})
    nowhere.dependencies[0] = 99
    assert.match(await refusalOf(nowhere), /depends on task 99 of a graph of 2/)
  })

  test('a missing dependency', async () => {
    assert.match(
      await refusalOf(graphOf('y <- gone', {})),
      /depends on a key that the scheduler does not have/,
    )
  })

  test('one key with two contents', async () => {
    client.send(graphOf('k', { customKeys: ['k'], args: { k: '1' } }))
    const second = graphOf('k', { customKeys: ['k'], args: { k: '2' } })
    assert.match(
      await refusalOf(second),
      /^k is the key of another computation already: one key cannot have two/,
    )
  })

  test('columns that do not fit, options that cannot be, modules that were not sent', async () => {
    const cut = graphOf('x', {})
    cut.argOffsets = Uint32Array.of(0, 4_000_000_000)
    assert.match(await refusalOf(cut), /its column argOffsets does not fit/)
    const odd = graphOf('x', {})
    odd.options = [{ resources: { gpu: -1 } }]
    assert.match(await refusalOf(odd), /resource gpu: -1 is not an amount/)
    const bare = graphOf('x', {})
    bare.callableModules[0] = ['never-sent']
    assert.match(await refusalOf(bare), /need modules that were not sent: never-sent/)
  })

  test('a message of an unknown type, half a message, text', async () => {
    client.sendRaw(encodeFrame({ 'make-coffee': {} }, { type: 'make-coffee' }))
    const unknown = await client.next('refused')
    assert.deepEqual([unknown.request, unknown.message], [-1, 'make-coffee'])
    assert.match(unknown.reason, /a message of type "make-coffee" is not known here/)
    client.sendRaw(
      encodeFrame(CLIENT_MESSAGES, { type: 'release', handles: Uint32Array.of(1, 2, 3) }).slice(0, -8),
    )
    assert.match((await client.next('refused')).reason, /cut short/)
    client.sendRaw('release everything')
    assert.match((await client.next('refused')).reason, /text frame/)
    await othersGoOn()
  })

  test('a worker that says what no worker says is told so, and its fellow works on', async () => {
    const worker = new Peer(urlOf('worker'), WORKER_INSTRUCTIONS, WORKER_MESSAGES, headersOf())
    worker.send({
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      version: '0',
      name: 'odd',
      host: 'here',
      pid: process.pid,
      threads: 1,
      memoryLimitBytes: 1e9,
      dataAddress: 'unix:/nowhere',
      resources: {},
      heldTasks: new Int32Array(),
      heldRuns: new Int32Array(),
      heldSizes: new Float64Array(),
    })
    await worker.next('welcome')
    worker.sendRaw(encodeFrame({ strike: {} }, { type: 'strike' }))
    const refused = await worker.next('refused')
    assert.deepEqual([refused.message, /not known here/.test(refused.reason)], ['strike', true])
    worker.hangUp()
    await othersGoOn()
  })

  test('more tasks than the process has memory for: refused, and others go on', {
    skip: process.platform !== 'linux' && 'address spaces are limited by prlimit, which Linux alone has',
  }, async () => {
    const { pid } = cluster.address
    const limit = (bytes: string): void =>
      void execFileSync('prlimit', ['--pid', String(pid), `--as=${bytes}:`])
    const message = messageOf(mapShape(2_000_000), 1_000_001)
    message.handles = message.handles.map((handle) => handle + 1_000_000)
    const size = Number(/^VmSize:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024
    // Room for the message, of about 80 MB, on its way in; not for 2 million tasks beside it.
    limit(String(size + 240e6))
    try {
      assert.match(await refusalOf(message), /has no memory for 2000000 more tasks beside its \d+: .+/)
    } finally {
      limit('unlimited')
    }
    client.send({ ...message, graph: 1_000_002 })
    client.send({ type: 'release', handles: message.handles })
    await othersGoOn()
  })
})

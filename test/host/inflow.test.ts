// Values that clients bring wait in their sockets while memory is short; whatever else is asked for is served meanwhile.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { DataClient } from '../../runtime/host/dataClient.ts'
import { DataServer } from '../../runtime/host/dataServer.ts'
import { Inflow } from '../../runtime/host/inflow.ts'
import { memoryLimits } from '../../runtime/worker/memory.ts'
import { WorkerState } from '../../runtime/worker/workerState.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { until } from './kit.ts'

/** Much more than a socket's buffers take. */
const BYTES = 64e6
const shared = (byteLength: number): SharedArrayBuffer => new SharedArrayBuffer(byteLength)

test('a scattered value waits in its socket while memory is short, comes whole when there is room, and holds nobody up', async (t) => {
  const small = { bytes: Uint8Array.of(1, 2, 3), buffers: [] }
  const room = Promise.withResolvers<void>()
  let asked = 0
  let isShort = true
  const put = new Map<number, Uint8Array>()
  const server = new DataServer(
    {
      lend: () => ({ value: small, giveBack: () => {} }),
      put: (task, _run, { buffers }) => void put.set(task, new Uint8Array(buffers[0])),
      room: () => {
        asked++
        return isShort ? room.promise : undefined
      },
    },
    'secret',
    shared,
  )
  const address = await server.listen(`unix:${join(temporaryFolder(t), 'data.sock')}`)
  const [brings, asks] = [new DataClient('secret'), new DataClient('secret')]
  t.after(() => {
    brings.close()
    asks.close()
    server.close()
  })
  const buffer = shared(BYTES)
  const sent = new Uint8Array(buffer)
  for (let at = 0; at < BYTES; at += 4096) sent[at] = at >> 12
  const brought = brings.put(address, [
    { task: 7, run: 1, value: { bytes: Uint8Array.of(9), buffers: [buffer] } },
  ])
  await until(() => asked > 0)
  const before = asked
  for (let i = 0; i < 200; i++)
    assert.deepEqual((await asks.get(address, [{ task: 1, run: 1 }]))[0]?.bytes, small.bytes)
  assert.deepEqual([put.size, asked], [0, before], 'the socket is not read on')
  isShort = false
  room.resolve()
  await brought
  assert.ok(Buffer.from(put.get(7)!).equals(Buffer.from(sent)))
  assert.ok(asked > before)
})

test('sockets are held only while something is about to leave memory', async () => {
  const state = new WorkerState({ threads: 1, limits: memoryLimits(1000) })
  const inflow = new Inflow(state)
  assert.equal(inflow.wait(), undefined, 'there is room')
  state.paused = true
  assert.equal(inflow.wait(), undefined, 'nothing could leave: waiting would be for ever')
  state.values.hold(1, 1, 500)
  const { write } = state.values.chooseToSpill(500)
  const held = inflow.wait()
  assert.ok(held)
  assert.equal(inflow.wait(), held, 'all wait for the same')
  let isOpen = false
  void held.then(() => {
    isOpen = true
  })
  inflow.look()
  await Promise.resolve()
  assert.equal(isOpen, false, 'it is still short')
  state.values.written(write[0])
  inflow.look()
  await held
  // The other way that it ends: runs that were under way are over.
  state.lanes[0].posted.push({
    batch: 0,
    slots: Int32Array.of(0),
    reported: 0,
    expectedMs: 1,
    growthBytes: 0,
    pinned: [],
  })
  const again = inflow.wait()
  assert.ok(again)
  state.lanes[0].posted.length = 0
  inflow.look()
  await again
})

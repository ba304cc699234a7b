// Packages and files that workers lack: asked for once, from whoever told of them, and handed to all who wait.

import assert from 'node:assert/strict'
import test from 'node:test'
import type { ClientMessage, WorkerMessage } from '../../runtime/protocol/messages.ts'
import { PaperCluster } from './kit.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const modules = (name: string, content: string): ClientMessage => ({
  type: 'modules',
  names: [name],
  contents: bytes(content),
  contentOffsets: Uint32Array.of(0, content.length),
})
const want = (name: string, of = 'note'): WorkerMessage => ({ type: 'want-modules', of, names: [name] })

/** Two workers, and clients that all told of `note`. */
function cluster(clients: number): PaperCluster {
  const paper = new PaperCluster()
  for (const name of ['w1', 'w2']) paper.join(name)
  for (let client = 0; client < clients; client++) {
    if (client > 0) paper.scheduler.clientJoined(client, `client ${client}`, paper.nowMs)
    paper.client(modules('note', 'it'), client)
  }
  paper.settle()
  return paper
}

/** Who was asked, and what workers were told, each as a line. */
function said(paper: PaperCluster): string[] {
  const asked = paper.replies.flatMap((reply) =>
    reply.type === 'want-modules' ? [`ask for ${reply.names.join()} of ${reply.of}`] : [],
  )
  const told = paper.sent.flatMap(({ worker, message }) => {
    if (message.type === 'modules')
      return [`${message.names.join()}@${worker}: ${new TextDecoder().decode(message.contents)}`]
    return message.type === 'no-modules' ? [`no ${message.names.join()}@${worker}: ${message.reason}`] : []
  })
  return [...asked, ...told]
}

test('what two workers lack is asked for once, and given to both; a third time it is at hand', () => {
  const paper = cluster(1)
  paper.play(
    (c) => c.worker('w1', want('pack')),
    (c) => c.worker('w2', want('pack')),
    (c) => c.client(modules('pack', 'content')),
    (c) => c.worker('w1', want('pack')),
  )
  assert.deepEqual(said(paper), [
    'ask for pack of note',
    'pack@w1: content',
    'pack@w2: content',
    'pack@w1: content',
  ])
  assert.equal(paper.scheduler.state.moduleWants.size, 0)
})

test('a client that has it no more, or that leaves, is followed by the next one that told of it', () => {
  const paper = cluster(3)
  paper.play(
    (c) => c.worker('w1', want('pack')),
    (c) => c.client({ type: 'no-modules', names: ['pack'], reason: 'it changed' }, 0),
    (c) => c.scheduler.clientLeft(1, c.nowMs),
    (c) => c.client(modules('pack', 'content'), 2),
  )
  assert.deepEqual(said(paper), [...Array(3).fill('ask for pack of note'), 'pack@w1: content'])
})

test('when nobody can give it, the worker hears why', () => {
  const paper = cluster(1)
  paper.play(
    (c) => c.worker('w1', want('pack')),
    (c) => c.client({ type: 'no-modules', names: ['pack'], reason: 'it changed' }),
    (c) => c.worker('w1', want('other', 'unknown')),
  )
  assert.deepEqual(said(paper), [
    'ask for pack of note',
    'no pack@w1: it changed',
    'no other@w1: the program that told of it has ended',
  ])
})

test('an answer that nobody waits for, and a worker that has left meanwhile, change nothing', () => {
  const paper = cluster(1)
  paper.play(
    (c) => c.client({ type: 'no-modules', names: ['pack'], reason: 'late' }),
    (c) => c.worker('w1', want('pack')),
    (c) => c.scheduler.workerLeft(c.idOf('w1'), 'gone', c.nowMs),
    (c) => c.client(modules('pack', 'content')),
  )
  assert.deepEqual(said(paper), ['ask for pack of note'])
})

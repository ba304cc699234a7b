// The feed of a webview: frames come and go by the editor's `postMessage`.

import { FEED_MESSAGES, FEED_REQUESTS, type FeedMessage } from '../../runtime/protocol/feed.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import type { Region, RegionQuery } from '../../runtime/protocol/regions.ts'
import type { Page, RowsPage, RowsQuery } from '../../runtime/protocol/rows.ts'
import { type Connection, Listeners, type Surroundings } from './surroundings.ts'
import type { MessageFromPanel, MessageToPanel } from './vscodeMessages.ts'

type WantedRun = Extract<MessageToPanel, { kind: 'show-run' }>

interface EditorApi {
  postMessage(message: MessageFromPanel): void
}
declare function acquireVsCodeApi(): EditorApi

/** Opens the feed of the webview that this page is in. To be called once: the editor gives its API out once. */
export function openVscodeFeed(panel: string): Surroundings {
  const editor = acquireVsCodeApi()
  const messages = new Listeners<FeedMessage>()
  const connections = new Listeners<Connection>()
  let connection: Connection = { kind: 'connecting' }
  const wantedRuns = new Listeners<WantedRun>()
  let wanted: WantedRun | undefined
  let next = 1
  const asked = new Map<number, { resolve(page: Page): void; reject(error: Error): void }>()
  const turn = (next: Connection): void => {
    connection = next
    connections.tell(next)
  }
  addEventListener('message', (event: MessageEvent<MessageToPanel | ArrayBuffer>) => {
    const { data } = event
    if (data instanceof Uint8Array || data instanceof ArrayBuffer) {
      const frame = data instanceof ArrayBuffer ? new Uint8Array(data) : data
      const message = decodeFrame(FEED_MESSAGES, frame)
      if (connection.kind !== 'live') turn({ kind: 'live' })
      messages.tell(message)
    } else if (data?.kind === 'page') {
      const waiting = asked.get(data.id)
      asked.delete(data.id)
      if ('page' in data) waiting?.resolve(data.page)
      else waiting?.reject(new Error(data.refused))
    } else if (data?.kind === 'show-run') {
      wanted = data
      wantedRuns.tell(data)
    } else if (data?.kind === 'cluster')
      turn(data.state === 'none' ? { kind: 'no-cluster' } : { kind: 'connecting' })
  })
  const askedFor = (kind: 'rows' | 'region', query: RowsQuery | RegionQuery): Promise<Page> => {
    const id = next++
    return new Promise((resolve, reject) => {
      asked.set(id, { resolve, reject })
      editor.postMessage({ kind, id, query } as MessageFromPanel)
    })
  }
  let listening = false
  return {
    place: 'editor',
    listen(receive) {
      const stop = messages.add(receive)
      if (!listening) editor.postMessage({ kind: 'ready', panel })
      listening = true
      return stop
    },
    watchConnection(receive) {
      receive(connection)
      return connections.add(receive)
    },
    request: (request) => editor.postMessage({ kind: 'request', frame: encodeFrame(FEED_REQUESTS, request) }),
    open: (place) => editor.postMessage({ kind: 'open', place }),
    command: (command) => editor.postMessage({ kind: 'command', command }),
    scale: (workers) => editor.postMessage({ kind: 'scale', workers }),
    job: (action, id) => editor.postMessage({ kind: 'job', action, ...(id !== undefined && { id }) }),
    saveRows: (run) => editor.postMessage({ kind: 'save-rows', run }),
    rows: async (query) => (await askedFor('rows', query)) as RowsPage,
    region: async (query) => (await askedFor('region', query)) as Region,
    watchWantedRun(receive) {
      if (wanted) receive(wanted)
      return wantedRuns.add(receive)
    },
    save: (name, content) => editor.postMessage({ kind: 'save', name, content }),
  }
}

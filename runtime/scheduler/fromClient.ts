// What a client says, and which function decides on it.

import type { ClusterInfo } from '../protocol/cluster.ts'
import type { ClientMessage } from '../protocol/messages.ts'
import { answer } from './answer.ts'
import { cancel, locate, release, retry } from './cancel.ts'
import type { Client } from './client.ts'
import { ingest } from './ingest.ts'
import { answerLineTimes, watchLines } from './lineTimes.ts'
import { neverSent } from './neverSent.ts'
import { scatter } from './scatter.ts'
import type { State } from './state.ts'
import { reply } from './tell.ts'
import { modulesCame, modulesRefused } from './wantModules.ts'

/** `cluster` is what `info` says of it. */
export function fromClient(state: State, client: Client, message: ClientMessage, cluster: ClusterInfo): void {
  switch (message.type) {
    case 'graph': {
      const refusal = ingest(state, client, message)
      if (refusal) reply(state, client, { type: 'graph-refused', graph: message.graph, ...refusal })
      return
    }
    case 'modules':
      for (let i = 0; i < message.names.length; i++) {
        const content = message.contents.subarray(message.contentOffsets[i], message.contentOffsets[i + 1])
        state.callables.addModule(client.id, message.names[i], content)
        client.modules.add(message.names[i])
      }
      if (state.moduleWants.size > 0) modulesCame(state, message.names)
      return
    case 'no-modules':
      modulesRefused(state, client, message.names, message.reason)
      return
    case 'release':
      release(state, client, message.handles)
      return
    case 'cancel':
      cancel(state, client, message.handles, message.reason)
      return
    case 'retry':
      retry(state, client, message.handles)
      return
    case 'locate':
      locate(state, client, message.request, message.handles)
      return
    case 'scatter':
      scatter(state, client, message)
      return
    case 'query':
      if (message.what === 'watch-lines') watchLines(state, client)
      else if (message.what === 'line-times') {
        answerLineTimes(state, client, message.request)
        return
      }
      reply(state, client, answer(state, client, cluster, message))
      return
    case 'hello':
      return
    case 'scale':
    case 'run':
    case 'cancel-run':
    case 'watch-runs':
    case 'report-run':
    case 'shutdown':
      // The process around the scheduler serves these; reaching this point, there is none that does.
      reply(state, client, {
        type: 'refused',
        request: 'request' in message ? message.request : -1,
        reason: `nobody here can serve a ${message.type} message`,
        message: message.type,
      })
      return
    default:
      neverSent(message)
  }
}

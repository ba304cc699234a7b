// Answers to questions about tasks and the cluster.

import type { ClusterInfo, WorkerInfo } from '../protocol/cluster.ts'
import type { ClientMessage, ClientReply } from '../protocol/messages.ts'
import type { HeldData } from '../protocol/runs.ts'
import { aboutDatasets } from './aboutDatasets.ts'
import type { Client } from './client.ts'
import { explain } from './explain.ts'
import { explainAll } from './explainAll.ts'
import { dump } from './feed.ts'
import { heldData, letGo, letGoOfDataset } from './held.ts'
import { lineFigures } from './lineFigures.ts'
import { FREE } from './phases.ts'
import { rebalance } from './rebalance.ts'
import { replicateKeys } from './replicate.ts'
import { keyOf, type State } from './state.ts'
import { story } from './story.ts'

/** The reply to a query: an answer, or that there is no such report. */
export function answer(
  state: State,
  client: Client,
  cluster: ClusterInfo,
  { what, key = '', request, details }: Extract<ClientMessage, { type: 'query' }>,
): ClientReply {
  const datasets = aboutDatasets(state, client, what, details)
  if (datasets && 'reason' in datasets) return { type: 'refused', request, ...datasets, message: 'query' }
  const value = datasets ? datasets.value : reportOn(state, client, cluster, what, key)
  if (value !== undefined) return { type: 'answer', request, value }
  return {
    type: 'refused',
    request,
    reason: `no report is called ${JSON.stringify(what)}: there are info, story, explain, why, lines, watch-lines, line-times, held, let-go, dump, rebalance, replicate, datasets, dataset, hold-dataset, publish and unpublish`,
    message: 'query',
  }
}

/** The workers that are here. */
export const workersHere = (state: State): WorkerInfo[] => state.present.map(({ info }) => info)

function reportOn(state: State, client: Client, cluster: ClusterInfo, what: string, key: string): unknown {
  switch (what) {
    case 'info':
      return { ...cluster, workers: workersHere(state) }
    case 'story':
      return story(state, key)
    case 'explain':
      return explain(state, key)
    case 'why':
      return explainAll(state)
    case 'key':
      return keyOfNumber(state, Number(key))
    case 'dump':
      return dump(state)
    case 'lines':
      return lineFigures(state, client)
    case 'watch-lines':
      return true
    case 'held':
      return heldData(state)
    case 'let-go': {
      const {
        client: owner,
        group,
        dataset,
      } = JSON.parse(key) as Pick<HeldData, 'client' | 'group' | 'dataset'>
      return dataset === undefined ? letGo(state, owner, group) : letGoOfDataset(state, dataset)
    }
    case 'rebalance':
      return rebalance(state)
    case 'replicate': {
      const { keys, copies } = JSON.parse(key) as { keys: string[]; copies?: number }
      return replicateKeys(state, keys, copies)
    }
    default:
      return undefined
  }
}

/** A task that runs has its number for as long as it does; others' numbers say nothing. */
function keyOfNumber(state: State, task: number): string {
  return task >= 0 && task < state.tasks.top && state.tasks.phase[task] !== FREE ? keyOf(state, task) : ''
}

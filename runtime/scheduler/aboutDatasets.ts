// Queries about datasets: what they say is looked at before anything is done.

import type { PublishRequest } from '../protocol/datasets.ts'
import type { Client } from './client.ts'
import { findDataset, holdDataset, listDatasets, publish, unpublish } from './datasets.ts'
import type { State } from './state.ts'

/** What the answer says, or why there is none. */
export type AboutDatasets = { value: unknown } | { reason: string }

/** Nothing when the query is about something else. */
export function aboutDatasets(
  state: State,
  client: Client,
  what: string,
  details: unknown,
): AboutDatasets | undefined {
  if (what === 'datasets') return { value: listDatasets(state) }
  if (what !== 'publish' && what !== 'unpublish' && what !== 'dataset' && what !== 'hold-dataset')
    return undefined
  const asked = (typeof details === 'object' && details !== null ? details : {}) as Partial<
    PublishRequest & { number: number; first: number }
  >
  const { name, number, first } = asked
  if (typeof name !== 'string' || name === '')
    return { reason: `${what} needs the name of a dataset: a text that is not empty` }
  switch (what) {
    case 'publish':
      return isPublishRequest(asked)
        ? { value: publish(state, client, asked) }
        : { reason: 'publish needs a kind, a list of handles and a description' }
    case 'unpublish':
      return { value: unpublish(state, name) }
    case 'dataset':
      return { value: findDataset(state, name) }
    case 'hold-dataset': {
      if (!isHandle(number) || !isHandle(first))
        return { reason: 'hold-dataset needs the number of a dataset and a first handle' }
      const held = holdDataset(state, client, { name, number, first })
      return typeof held === 'string' ? { reason: held } : { value: held }
    }
  }
}

function isPublishRequest(asked: Partial<PublishRequest>): asked is PublishRequest {
  return (
    typeof asked.kind === 'string' &&
    Array.isArray(asked.handles) &&
    asked.handles.every(isHandle) &&
    asked.description instanceof Uint8Array
  )
}

const isHandle = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff

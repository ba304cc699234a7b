// The memory of the cluster by the names of keys: what is in memory, on disk and on its way, with bars, sorted as one likes.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Cluster } from '../cluster/cluster.ts'
import { bytes, count } from '../cluster/quantity.ts'
import type { Surroundings } from '../feed/surroundings.ts'
import { ScrollRegion } from '../frame/ScrollRegion.tsx'
import { type PrefixRow, type PrefixSort, prefixRows } from './prefixRows.ts'
import type { WorkersModel } from './reducer.ts'

const COLUMNS: readonly { sort: PrefixSort; title: string; name: string }[] = [
  { sort: 'prefix', title: 'Keys', name: 'column-prefix' },
  { sort: 'results', title: 'Results', name: 'column-results' },
  { sort: 'managedBytes', title: 'In memory', name: 'column-bytes' },
  { sort: 'spilledBytes', title: 'On disk', name: 'column-bytes' },
  { sort: 'movingBytes', title: 'In flight', name: 'column-bytes' },
]

const PARTS = [
  ['managedBytes', 'managed'],
  ['spilledBytes', 'spilled'],
  ['movingBytes', 'transfer'],
] as const

interface PrefixTableProps {
  cluster: Cluster
  model: WorkersModel
  surroundings: Surroundings
}

export function PrefixTable({ cluster, model, surroundings }: PrefixTableProps): JSX.Element | null {
  const [sort, setSort] = useState<PrefixSort>('managedBytes')
  const [worker, setWorker] = useState<number>()
  // Workers say it only while somebody looks; a feed that was opened anew does not know that one does.
  useEffect(() => {
    surroundings.request({ type: 'memory', on: true })
    return () => surroundings.request({ type: 'memory', on: false })
  }, [surroundings, model.snapshots])
  if (!model.memory) return null
  const chosen = worker !== undefined && cluster.workers.byNumber.has(worker) ? worker : undefined
  const rows = prefixRows(model.memory, sort, chosen)
  const most = Math.max(1, ...PARTS.flatMap(([part]) => rows.map((row) => row[part])))
  return (
    <section class="prefixes-section">
      <header class="prefixes-header">
        <h3>Memory by keys</h3>
        <select
          aria-label="Whose memory"
          value={chosen ?? ''}
          onChange={({ currentTarget: { value } }) => setWorker(value === '' ? undefined : Number(value))}
        >
          <option value="">All workers</option>
          {[...cluster.workers.byNumber.values()].map(({ info }) => (
            <option key={info.worker} value={info.worker}>
              {info.name}
            </option>
          ))}
        </select>
      </header>
      {rows.length === 0 ? (
        <p class="muted">No results are kept.</p>
      ) : (
        <ScrollRegion class="table-holder" label="Memory by keys">
          <table class="workers prefixes">
            <thead>
              <tr>
                {COLUMNS.map(({ sort: by, title, name }) => (
                  <th key={title} scope="col" class={name} aria-sort={orderOf(by, sort)}>
                    <button type="button" class="sort-button" onClick={() => setSort(by)}>
                      {title}
                      <span aria-hidden="true">{by !== sort ? '' : by === 'prefix' ? ' ↑' : ' ↓'}</span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.prefix} row={row} most={most} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  )
}

function orderOf(by: PrefixSort, sort: PrefixSort): 'ascending' | 'descending' | undefined {
  if (by !== sort) return undefined
  return by === 'prefix' ? 'ascending' : 'descending'
}

function Row({ row, most }: { row: PrefixRow; most: number }): JSX.Element {
  return (
    <tr>
      <th scope="row" class="column-prefix">
        <span class="prefix-name" title={row.prefix}>
          {row.prefix}
        </span>
      </th>
      <td class="column-results">{count(row.results)}</td>
      {PARTS.map(([part, colour]) => (
        <td key={part} class="column-bytes">
          {row[part] > 0 ? (
            <>
              <span class="prefix-bytes">{bytes(row[part])}</span>
              <span class="meter-bar" aria-hidden="true">
                <span class={`part ${colour}`} style={{ width: `${(100 * row[part]) / most}%` }} />
              </span>
            </>
          ) : (
            <span class="muted">–</span>
          )}
        </td>
      ))}
    </tr>
  )
}

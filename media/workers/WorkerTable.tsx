// The workers as a table: a row each with CPU, memory, threads and what they run.

import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Cluster } from '../cluster/cluster.ts'
import { GroupColours } from '../cluster/groupColours.ts'
import { bytes, count, duration, percent, plural } from '../cluster/quantity.ts'
import { Meter } from '../frame/Meter.tsx'
import { GROUP_COLOURS, type Palette, usePalette } from '../frame/palette.ts'
import { ScrollRegion } from '../frame/ScrollRegion.tsx'
import { useInView } from '../frame/useInView.ts'
import { type SortColumn, type WorkerRow, workerRows } from './workerRows.ts'

const COLUMNS: readonly { sort?: SortColumn; title: string; name: string }[] = [
  { sort: 'name', title: 'Worker', name: 'column-name' },
  { sort: 'cpu', title: 'CPU', name: 'column-cpu' },
  { sort: 'memory', title: 'Memory', name: 'column-memory' },
  { title: 'Threads', name: 'column-threads' },
  { sort: 'tasks', title: 'Running now', name: 'column-doing' },
]

/** So many rows come and go together as the table is scrolled. */
const BLOCK_ROWS = 20
/** So many rows are drawn wherever they stand. */
const FEW_ROWS = 60
/** About what a row takes before any was drawn. */
const ROW_HEIGHT_PX = 60

export function WorkerTable({ cluster }: { cluster: Cluster }): JSX.Element {
  const palette = usePalette()
  const [sort, setSort] = useState<SortColumn>('name')
  const colours = useMemo(() => new GroupColours(GROUP_COLOURS), [cluster.info?.id])
  const rows = workerRows(cluster, sort)
  const blocks = Array.from({ length: Math.ceil(rows.length / BLOCK_ROWS) }, (_, block) => block * BLOCK_ROWS)
  return (
    <ScrollRegion class="table-holder" label="Workers">
      <table class="workers" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {COLUMNS.map(({ sort: by, title, name }) => (
              <th
                key={title}
                scope="col"
                class={name}
                aria-sort={by === sort ? (by === 'name' ? 'ascending' : 'descending') : undefined}
              >
                {by ? (
                  <button type="button" class="sort-button" onClick={() => setSort(by)}>
                    {title}
                    <span aria-hidden="true">{by === sort ? (by === 'name' ? ' ↑' : ' ↓') : ''}</span>
                  </button>
                ) : (
                  title
                )}
              </th>
            ))}
          </tr>
        </thead>
        {blocks.map((from) => (
          <Block
            key={from}
            from={from}
            rows={rows.slice(from, from + BLOCK_ROWS)}
            few={rows.length <= FEW_ROWS}
            palette={palette}
            colourOf={(group) => colours.of(group, cluster.groups)}
          />
        ))}
      </table>
      <ul class="legend" aria-label="Colours of memory">
        <li>
          <span class="swatch managed" />
          managed: results kept
        </li>
        <li>
          <span class="swatch unmanaged" />
          unmanaged: everything else in the process
        </li>
        <li>
          <span class="swatch spilled" />
          spilled to disk
        </li>
      </ul>
    </ScrollRegion>
  )
}

interface BlockProps extends Omit<RowProps, 'row' | 'place'> {
  /** The place of its first row among all. */
  from: number
  rows: readonly WorkerRow[]
  few: boolean
}

/** Some rows, drawn while they are in view; else what is as high. */
function Block({ from, rows, few, palette, colourOf }: BlockProps): JSX.Element {
  const { ref, inView, heightPx } = useInView<HTMLTableSectionElement>(
    from === 0,
    rows.length * ROW_HEIGHT_PX,
    few,
  )
  return (
    <tbody ref={ref} class={inView ? '' : 'away'}>
      {inView ? (
        rows.map((row, i) => (
          <Row key={row.worker} place={from + i} row={row} palette={palette} colourOf={colourOf} />
        ))
      ) : (
        <tr>
          <td colSpan={COLUMNS.length} style={{ height: `${heightPx}px` }} />
        </tr>
      )}
    </tbody>
  )
}

interface RowProps {
  row: WorkerRow
  /** Among all rows, from 0. */
  place: number
  palette: Palette
  colourOf(group: number): number
}

function Row({ row, place, palette, colourOf }: RowProps): JSX.Element {
  const waiting = row.waiting > 0 ? `${count(row.waiting)} waiting` : ''
  return (
    <tr class={row.paused ? 'paused' : ''} aria-rowindex={place + 2}>
      <th scope="row" class="column-name">
        <span class="worker-name">{row.name}</span>
        {row.paused && (
          <span
            class="badge warn"
            title="Its memory is nearly full: it takes no new tasks until some is free."
          >
            paused
          </span>
        )}
        {row.holdsSources && !row.paused && (
          <span
            class="badge"
            title="Its memory is above target: tasks that read data wait until it is used up or has left for the disk."
          >
            reads wait
          </span>
        )}
        <span class="muted small worker-host" title={`${row.host} · pid ${row.pid}`}>
          {row.host} · pid {row.pid}
        </span>
      </th>
      <td class="column-cpu">
        <Meter
          label={`CPU ${Math.round(row.cpuPercent)}%`}
          value={`${Math.round(row.cpuPercent)}%`}
          note={`of ${row.threads.length * 100}%`}
          parts={[['managed', row.cpuShare]]}
        />
      </td>
      <td class="column-memory">
        <MemoryMeter row={row} />
      </td>
      <td class="column-threads">
        <span
          class="threads"
          role="img"
          aria-label={`${row.busy} of ${plural(row.threads.length, 'thread')} busy`}
        >
          {row.threads.map((cell, thread) => (
            <span
              key={thread}
              class={`thread${cell.group < 0 ? ' idle' : ''}`}
              title={
                cell.group < 0
                  ? `thread ${thread + 1}: idle`
                  : `thread ${thread + 1}: ${cell.name}, for ${duration(cell.forMs)}`
              }
              style={cell.group < 0 ? {} : { background: palette.groups[colourOf(cell.group)] }}
            />
          ))}
        </span>
      </td>
      <td class="column-doing">
        <span class="doing" title={row.doing}>
          {row.doing ||
            (row.known ? <span class="muted">idle</span> : <span class="muted">no report yet</span>)}
        </span>
        <span class="muted small">
          {[waiting, row.heldTasks > 0 ? `${plural(row.heldTasks, 'result')} kept` : '']
            .filter(Boolean)
            .join(' · ')}
        </span>
      </td>
    </tr>
  )
}

function MemoryMeter({ row }: { row: WorkerRow }): JSX.Element {
  const used = row.managedBytes + row.unmanagedBytes
  const share = (n: number): number => (row.limitBytes > 0 ? Math.min(1, n / row.limitBytes) : 0)
  const spilled = row.spilledBytes > 0 ? ` · ${bytes(row.spilledBytes)} spilled` : ''
  const moving = row.movingBytes > 0 ? ` · ${bytes(row.movingBytes)} in flight` : ''
  return (
    <Meter
      label={
        `Memory ${bytes(used)} of ${bytes(row.limitBytes)} (${percent(used, row.limitBytes)}): ` +
        `${bytes(row.managedBytes)} managed, ${bytes(row.unmanagedBytes)} unmanaged${spilled}${moving}`
      }
      value={bytes(used)}
      note={`of ${bytes(row.limitBytes)}${spilled}${moving}`}
      parts={[
        ['managed', share(row.managedBytes)],
        ['unmanaged', share(row.unmanagedBytes)],
      ]}
      beyond={share(row.spilledBytes)}
    />
  )
}

// What the run under the pointer was.

import type { JSX } from 'preact'
import type { Cluster } from '../cluster/cluster.ts'
import { duration } from '../cluster/quantity.ts'
import { placeText } from '../frame/PlaceLink.tsx'
import { Facts, Tooltip } from '../frame/Tooltip.tsx'
import type { SeenThreads } from './rows.ts'
import { ERRED, type Runs, TRANSFERRED } from './runs.ts'

interface RunTooltipProps {
  x: number
  y: number
  /** The run's place in the columns. */
  run: number
  runs: Runs
  seen: SeenThreads
  cluster: Cluster
}

export function RunTooltip({ x, y, run, runs, seen, cluster }: RunTooltipProps): JSX.Element {
  const nameOf = (worker: number): string => seen.threads.get(worker)?.name ?? `worker ${worker}`
  const what = runs.what[run]
  const started = `${((runs.start[run] - runs.firstMs) / 1000).toFixed(3)} s`
  if (what === TRANSFERRED)
    return (
      <Tooltip x={x} y={y}>
        <strong>Transfer</strong>
        <Facts
          facts={[
            ['From', nameOf(runs.group[run])],
            ['To', nameOf(runs.worker[run])],
            ['Took', duration(runs.durationMs[run])],
            ['Started at', started],
          ]}
        />
      </Tooltip>
    )
  const place = cluster.groups.placeOf.get(runs.group[run])
  const group = place === undefined ? undefined : cluster.groups.list[place]
  return (
    <Tooltip x={x} y={y}>
      <strong>{group?.name ?? 'A task of a group that is gone'}</strong>
      {what === ERRED && <span class="bad"> erred</span>}
      <Facts
        facts={[
          group?.kind ? ['Kind', group.kind] : undefined,
          ['Took', duration(runs.durationMs[run])],
          ['Started at', started],
          ['Worker', `${nameOf(runs.worker[run])}, thread ${runs.thread[run] + 1}`],
          group?.file ? ['Source', placeText(group)] : undefined,
        ]}
      />
    </Tooltip>
  )
}

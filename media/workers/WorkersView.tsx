// The workers: throughput over time, then a table of them, then who left and why.

import type { JSX } from 'preact'
import type { Cluster } from '../cluster/cluster.ts'
import { ConnectionNotice } from '../frame/ConnectionNotice.tsx'
import { EmptyState, withoutCluster } from '../frame/EmptyState.tsx'
import type { PanelProps } from '../frame/mountPanel.tsx'
import { ProgressHeader } from '../progress/ProgressHeader.tsx'
import { PrefixTable } from './PrefixTable.tsx'
import { RateCharts } from './RateCharts.tsx'
import type { WorkersModel } from './reducer.ts'
import { ScaleSlider } from './ScaleSlider.tsx'
import { WorkerTable } from './WorkerTable.tsx'

export function WorkersView({
  model,
  cluster,
  surroundings,
  connection,
}: PanelProps<WorkersModel>): JSX.Element {
  const empty = withoutCluster(connection, surroundings, cluster.info !== undefined)
  if (empty) return empty
  return (
    <div class="panel scrolls">
      <ConnectionNotice cluster={cluster} connection={connection} surroundings={surroundings} />
      <ProgressHeader cluster={cluster} />
      {surroundings.place === 'editor' && (
        <ScaleSlider workers={cluster.workers.byNumber.size} scale={surroundings.scale} />
      )}
      <RateCharts cluster={cluster} />
      {cluster.workers.byNumber.size === 0 ? (
        <EmptyState title="No worker has joined">
          Tasks wait until one does. Start one beside the scheduler with heddle worker, or ask the cluster for
          more.
        </EmptyState>
      ) : (
        <WorkerTable cluster={cluster} />
      )}
      <PrefixTable cluster={cluster} model={model} surroundings={surroundings} />
      <Departures cluster={cluster} />
    </div>
  )
}

function Departures({ cluster }: { cluster: Cluster }): JSX.Element | null {
  const { left } = cluster.workers
  if (left.length === 0) return null
  return (
    <section class="departures">
      <h3>Left lately</h3>
      <ul>
        {left.map(({ name, reason }, index) => (
          <li key={index}>
            <strong>{name}</strong> <span class="muted">{reason}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

// What the group or the task under the pointer is.

import type { JSX } from 'preact'
import { TASK_STATES } from '../../runtime/protocol/feed.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { tallyOf } from '../cluster/groups.ts'
import { count, duration } from '../cluster/quantity.ts'
import { placeText } from '../frame/PlaceLink.tsx'
import { Facts, Tooltip } from '../frame/Tooltip.tsx'
import type { Hit, Scene } from './scene.ts'

interface GraphTooltipProps {
  x: number
  y: number
  hit: Hit
  scene: Scene
  cluster: Cluster
}

export function GraphTooltip({ x, y, hit, scene, cluster }: GraphTooltipProps): JSX.Element | null {
  const box = scene.boxes[hit.box]
  const group = cluster.groups.list[box?.place]
  if (!group) return null
  if (hit.kind === 'twist')
    return (
      <Tooltip x={x} y={y}>
        {box.tasks ? 'Fold its tasks' : 'Show its tasks'}
      </Tooltip>
    )
  if (hit.kind === 'task' && box.tasks) {
    const { keys, states, workers, durationsMs } = box.tasks.unfolded
    const worker = cluster.workers.byNumber.get(workers[hit.task])?.info.name
    return (
      <Tooltip x={x} y={y}>
        <strong class="key">{keys[hit.task]}</strong>
        <Facts
          facts={[
            ['State', TASK_STATES[states[hit.task]]],
            worker ? ['Worker', worker] : undefined,
            Number.isNaN(durationsMs[hit.task]) ? undefined : ['Took', duration(durationsMs[hit.task])],
          ]}
        />
      </Tooltip>
    )
  }
  const tally = tallyOf(cluster.groups, box.place)
  return (
    <Tooltip x={x} y={y}>
      <strong>{group.name}</strong>
      <Facts
        facts={[
          group.kind ? ['Kind', group.kind] : undefined,
          ['Tasks', count(tally.total)],
          ['Done', count(tally.done)],
          tally.running > 0 ? ['Running', count(tally.running)] : undefined,
          tally.erred > 0 ? ['Erred', count(tally.erred)] : undefined,
          group.file ? ['Source', placeText(group)] : undefined,
        ]}
      />
    </Tooltip>
  )
}

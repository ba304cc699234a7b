// The graph's groups as a list, and what is known of the one that is selected: the graph for who cannot see the canvas.

import type { JSX } from 'preact'
import { TASK_STATES } from '../../runtime/protocol/feed.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { tallyOf } from '../cluster/groups.ts'
import { count, duration, plural, short } from '../cluster/quantity.ts'
import type { Surroundings } from '../feed/surroundings.ts'
import { IconButton } from '../frame/IconButton.tsx'
import { PlaceLink } from '../frame/PlaceLink.tsx'
import { Facts } from '../frame/Tooltip.tsx'
import { StateBar } from '../progress/ProgressHeader.tsx'
import { type TaskGraph, UNFOLD_MAX } from './reducer.ts'
import type { Hit, Scene } from './scene.ts'

interface GroupListProps {
  model: TaskGraph
  scene: Scene
  cluster: Cluster
  surroundings: Surroundings
  selected: Hit | undefined
  onSelect(box: number): void
  onToggle(box: number): void
  onMore(group: number, limit: number): void
}

/** More rows than this are no list that a person reads, and cost more than the graph itself. */
const LISTED_MAX = 300

export function GroupList(props: GroupListProps): JSX.Element {
  const { scene, cluster, surroundings, selected, onSelect, onToggle } = props
  return (
    <aside class="group-list" aria-label="Groups of tasks">
      <ul>
        {scene.boxes.slice(0, LISTED_MAX).map((box, index) => {
          const group = cluster.groups.list[box.place]
          if (!group) return null
          const tally = tallyOf(cluster.groups, box.place)
          const isSelected = selected?.box === index
          return (
            <li key={group.group} class={isSelected ? 'selected' : ''}>
              <div class="group-row">
                <button
                  type="button"
                  class="group-button"
                  aria-pressed={isSelected}
                  title={group.name}
                  onClick={() => onSelect(index)}
                >
                  <span class="group-name" title={group.name}>
                    {group.name}
                  </span>
                  <span class="muted small">
                    {short(tally.done)} / {short(tally.total)}
                  </span>
                </button>
                <IconButton
                  sign={box.tasks ? 'fold' : 'unfold'}
                  label={box.tasks ? `Fold the tasks of ${group.name}` : `Show the tasks of ${group.name}`}
                  onClick={() => onToggle(index)}
                />
              </div>
              <StateBar tally={tally} label={group.name} />
              {isSelected && (
                <div class="group-details">
                  <Facts
                    facts={[
                      group.kind ? ['Kind', group.kind] : undefined,
                      group.file
                        ? ['Source', <PlaceLink key="source" place={group} surroundings={surroundings} />]
                        : undefined,
                      ['Waiting', count(tally.waiting)],
                      ['Ready', count(tally.ready)],
                      ['Running', count(tally.running)],
                      ['Done', count(tally.done)],
                      tally.erred > 0 ? ['Erred', count(tally.erred)] : undefined,
                    ]}
                  />
                  <More {...props} box={index} />
                  {selected?.kind === 'task' && <TaskDetails {...props} hit={selected} />}
                </div>
              )}
            </li>
          )
        })}
        {scene.boxes.length > LISTED_MAX && (
          <li class="muted">and {plural(scene.boxes.length - LISTED_MAX, 'group')} more in the graph</li>
        )}
      </ul>
    </aside>
  )
}

function More({ scene, model, box, onMore }: GroupListProps & { box: number }): JSX.Element | null {
  const unfolded = scene.boxes[box].tasks?.unfolded
  if (!unfolded || unfolded.tasks.length >= Math.min(unfolded.total, UNFOLD_MAX)) return null
  // An answer shorter than what was asked for is all that the scheduler gives.
  const wish = model.wishes.get(unfolded.group)
  if (wish && !wish.asked && unfolded.tasks.length < wish.limit) return null
  const next = Math.min(unfolded.total, UNFOLD_MAX, unfolded.tasks.length * 10)
  return (
    <button type="button" class="link" onClick={() => onMore(unfolded.group, next)}>
      Show {count(next)} of {count(unfolded.total)} tasks
    </button>
  )
}

function TaskDetails({
  scene,
  cluster,
  model,
  surroundings,
  hit,
}: GroupListProps & { hit: Extract<Hit, { kind: 'task' }> }): JSX.Element | null {
  const tasks = scene.boxes[hit.box].tasks?.unfolded
  if (!tasks || hit.task >= tasks.keys.length) return null
  const key = tasks.keys[hit.task]
  const worker = cluster.workers.byNumber.get(tasks.workers[hit.task])?.info.name
  const took = tasks.durationsMs[hit.task]
  return (
    <section class="task-details" aria-label="The selected task">
      <Facts
        facts={[
          [
            'Task',
            <code key="key" class="key">
              {key}
            </code>,
          ],
          ['State', TASK_STATES[tasks.states[hit.task]]],
          worker ? ['Worker', worker] : undefined,
          Number.isNaN(took) ? undefined : ['Took', duration(took)],
        ]}
      />
      {model.story?.key === key ? (
        <ol class="story" aria-label="What happened to it">
          {model.story.lines.map((line, index) => (
            <li key={index}>{line}</li>
          ))}
        </ol>
      ) : (
        <button type="button" class="link" onClick={() => surroundings.request({ type: 'story', key })}>
          What happened to it?
        </button>
      )}
    </section>
  )
}

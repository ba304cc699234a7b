// Why a run failed: the error, the user's own lines that led to it, and the whole stack for who wants it.

import type { JSX } from 'preact'
import type { RunFailure } from '../../runtime/protocol/runs.ts'
import type { Surroundings } from '../feed/surroundings.ts'
import { PlaceLink } from '../frame/PlaceLink.tsx'
import { Facts } from '../frame/Tooltip.tsx'

interface RunFailureProps {
  failure: RunFailure
  surroundings: Surroundings
}

export function RunFailureView({ failure, surroundings }: RunFailureProps): JSX.Element {
  const { name, message, frames, stack, task } = failure
  return (
    <section class="failure" role="alert" aria-label="Why the run failed">
      <h3>
        <span class="bad">{name}</span>: {message}
      </h3>
      {frames.length > 0 && (
        <ol class="frames" aria-label="Your lines that led to it, the throwing one first">
          {frames.map((frame, index) => (
            <li key={index}>
              <PlaceLink place={frame} surroundings={surroundings} />
            </li>
          ))}
        </ol>
      )}
      {task && (
        <Facts
          facts={[
            ['Task', <code key="task">{task.key}</code>],
            task.inputs ? ['Given', <code key="inputs">{task.inputs.join(', ')}</code>] : undefined,
            task.worker ? ['Worker', task.worker] : undefined,
            task.kind === 'threw' ? undefined : ['Why', task.kind],
          ]}
        />
      )}
      {task?.story && task.story.length > 0 && (
        <ul class="story">
          {task.story.map((line, index) => (
            <li key={index}>{line}</li>
          ))}
        </ul>
      )}
      <details>
        <summary>Whole stack</summary>
        <pre>{stack}</pre>
      </details>
    </section>
  )
}

// How many workers the cluster should have: a slider that asks the editor once it is let go of.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { plural } from '../cluster/quantity.ts'

/** More at once are asked for by the command, where the number is typed. */
const MOST = 16

export function ScaleSlider({ workers, scale }: { workers: number; scale(to: number): void }): JSX.Element {
  const [asked, setAsked] = useState<number>()
  const to = asked ?? workers
  const change = (next: number): void => {
    setAsked(next)
    if (next !== workers) scale(next)
  }
  // What was asked for has come: from here on the slider follows the cluster again.
  if (asked === workers) setAsked(undefined)
  return (
    <label class="scale">
      Workers
      <input
        type="range"
        min={0}
        max={Math.max(MOST, workers)}
        value={to}
        aria-label="How many workers"
        onInput={(event) => setAsked(Number(event.currentTarget.value))}
        onChange={(event) => change(Number(event.currentTarget.value))}
      />
      <output>{to === workers ? plural(workers, 'worker') : `${workers} → ${to}`}</output>
    </label>
  )
}

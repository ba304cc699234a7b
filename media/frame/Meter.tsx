// A bar filled by parts, with its value above.

import type { JSX } from 'preact'

interface MeterProps {
  label: string
  value: string
  note: string
  parts: readonly (readonly [name: string, share: number])[]
  /** A thin line below the bar: what lies on the disk. */
  beyond?: number
}

export function Meter({ label, value, note, parts, beyond = 0 }: MeterProps): JSX.Element {
  return (
    <div class="meter" title={label}>
      <div class="meter-text">
        <span>{value}</span> <span class="muted small">{note}</span>
      </div>
      <div class="meter-bar" role="img" aria-label={label}>
        {parts.map(([name, share]) => (
          <span key={name} class={`part ${name}`} style={{ width: `${share * 100}%` }} />
        ))}
      </div>
      {beyond > 0 && <div class="meter-beyond spilled" style={{ width: `${beyond * 100}%` }} />}
    </div>
  )
}

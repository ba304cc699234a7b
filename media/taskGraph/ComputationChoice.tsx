// Chooses which computation's graph is shown: the latest, all, or one of them.

import type { JSX } from 'preact'
import type { Groups } from '../cluster/groups.ts'
import { placeText } from '../frame/PlaceLink.tsx'
import '../frame/elements.ts'

interface ComputationChoiceProps {
  groups: Groups
  /** −1: those that run, or the latest; −2: all; else a computation's serial. */
  choice: number
  onChoice(choice: number): void
}

const CHOICES_MAX = 30

export function ComputationChoice({ groups, choice, onChoice }: ComputationChoiceProps): JSX.Element | null {
  // A computation is called after the group that came last in it: that is its result.
  const names = new Map<number, string>()
  for (const group of groups.list)
    names.set(group.computation, `${group.name}${group.file ? ` (${placeText(group)})` : ''}`)
  if (names.size < 2) return null
  const latestFirst = [...names].sort(([a], [b]) => b - a).slice(0, CHOICES_MAX)
  return (
    <vscode-single-select
      label="Computation"
      value={String(choice)}
      onChange={(event: Event) => onChoice(Number((event.currentTarget as HTMLSelectElement).value))}
    >
      <vscode-option value="-1" selected={choice === -1}>
        What runs now
      </vscode-option>
      <vscode-option value="-2" selected={choice === -2}>
        All computations
      </vscode-option>
      {latestFirst.map(([computation, name]) => (
        <vscode-option key={computation} value={String(computation)} selected={choice === computation}>
          {`#${computation} ${name}`}
        </vscode-option>
      ))}
    </vscode-single-select>
  )
}

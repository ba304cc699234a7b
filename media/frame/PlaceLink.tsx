// A place in the user's source: a link that opens it in the editor, plain text on the HTTP page.

import type { JSX } from 'preact'
import type { Surroundings } from '../feed/surroundings.ts'

export interface Place {
  file?: string
  line?: number
  column?: number
}

/** @example placeText({ file: '/home/ada/analysis.ts', line: 7 }) // 'analysis.ts:7' */
export function placeText({ file = '', line }: Place): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
  return line === undefined ? name : `${name}:${line}`
}

/** Opens the place where there is one. */
export function openPlace(surroundings: Surroundings, place: Place): void {
  const { file, line = 1, column = 1 } = place
  if (file) surroundings.open({ file, line, column })
}

export function PlaceLink({
  place,
  surroundings,
}: {
  place: Place
  surroundings: Surroundings
}): JSX.Element | null {
  if (!place.file) return null
  if (surroundings.place === 'page') return <span title={place.file}>{placeText(place)}</span>
  return (
    <button
      type="button"
      class="link"
      title={`Open ${place.file}, line ${place.line ?? 1}`}
      onClick={() => openPlace(surroundings, place)}
    >
      {placeText(place)}
    </button>
  )
}

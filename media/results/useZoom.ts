// Looking closer at an array: by the wheel, by dragging and by keys; what is seen then is told by `arrayView.ts`.

import { useRef } from 'preact/hooks'
import { type ArrayView, isLine, lengthOf, moved, type Stretch, wholeOf, zoomed } from './arrayView.ts'

/** Where something is in a picture: parts of what is seen, from its upper left corner. */
export interface PicturePlace {
  across: number
  down: number
}
export type PlaceAt = (canvas: HTMLCanvasElement, offset: { x: number; y: number }) => PicturePlace

/** What a picture listens to so that it can be zoomed and moved. */
export type Gestures = (placeAt: PlaceAt) => {
  tabIndex: number
  onWheel(event: WheelEvent): void
  onPointerDown(event: PointerEvent): void
  onPointerMove(event: PointerEvent): void
  onPointerUp(): void
  onDblClick(): void
  onKeyDown(event: KeyboardEvent): void
}

export interface Zoom {
  gestures: Gestures
  /** By how many times as much is seen then, around a place; the middle if nothing is said. */
  by(factor: number, place?: PicturePlace): void
  whole(): void
}

/** A part of what is seen that one key moves by. */
const KEY_STEP = 0.2

export function useZoom(shape: readonly number[], view: ArrayView, onView: (view: ArrayView) => void): Zoom {
  const dragged = useRef<{ at: PicturePlace; view: ArrayView } | undefined>(undefined)
  const changed = (
    from: ArrayView,
    change: (stretch: Stretch, length: number, axis: 'down' | 'right') => Stretch,
  ): void =>
    onView({
      ...from,
      right: change(from.right, shape[from.columns], 'right'),
      // The rows of a line are none.
      ...(!isLine(from) && { down: change(from.down, shape[from.rows], 'down') }),
    })
  const by = (factor: number, place: PicturePlace = { across: 0.5, down: 0.5 }): void =>
    changed(view, (stretch, length, axis) =>
      zoomed(stretch, length, factor, clamped(axis === 'right' ? place.across : place.down)),
    )
  const move = (from: ArrayView, across: number, down: number): void =>
    changed(from, (stretch, length, axis) =>
      moved(stretch, length, (axis === 'right' ? across : down) * lengthOf(stretch)),
    )
  const whole = (): void => onView(wholeOf(shape, view))
  const keys: Record<string, () => void> = {
    '+': () => by(0.5),
    '=': () => by(0.5),
    '-': () => by(2),
    '0': whole,
    ArrowLeft: () => move(view, -KEY_STEP, 0),
    ArrowRight: () => move(view, KEY_STEP, 0),
    ArrowUp: () => move(view, 0, -KEY_STEP),
    ArrowDown: () => move(view, 0, KEY_STEP),
  }
  const gestures: Gestures = (placeAt) => {
    const placeOf = (event: MouseEvent): PicturePlace =>
      placeAt(event.currentTarget as HTMLCanvasElement, { x: event.offsetX, y: event.offsetY })
    return {
      tabIndex: 0,
      onWheel(event) {
        event.preventDefault()
        by(event.deltaY < 0 ? 0.8 : 1.25, placeOf(event))
      },
      onPointerDown(event) {
        dragged.current = { at: placeOf(event), view }
        ;(event.currentTarget as HTMLCanvasElement).setPointerCapture(event.pointerId)
      },
      onPointerMove(event) {
        if (!dragged.current) return
        const { at, view: from } = dragged.current
        const now = placeOf(event)
        move(from, at.across - now.across, at.down - now.down)
      },
      onPointerUp() {
        dragged.current = undefined
      },
      onDblClick: whole,
      onKeyDown(event) {
        const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
        if (!act) return
        event.preventDefault()
        act()
      },
    }
  }
  return { gestures, by, whole }
}

const clamped = (part: number): number => Math.min(1, Math.max(0, part))

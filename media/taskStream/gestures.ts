// Turns the pointer, the wheel and the keyboard into moves of the task stream's time window.

import { useEffect, useRef } from 'preact/hooks'
import { fitted, following, panned, type TimeWindow, zoomed } from './timeWindow.ts'

export interface PointedAt {
  /** In the viewport. */
  x: number
  y: number
  /** In the canvas. */
  offsetX: number
  offsetY: number
}

interface GestureOptions {
  window: TimeWindow
  nowMs: number
  setWindow(window: TimeWindow): void
  oldestMs(): number
  /** Where a canvas x stands in the window, 0 to 1. */
  share(x: number): number
  /** Whether the rows scroll, so that the plain wheel must be left to them. */
  scrolls(): boolean
  onPoint(point: PointedAt | undefined): void
  onClick(x: number, y: number): void
}

/** A drag shorter than this is a click. */
const CLICK_PIXELS = 4

export function useGestures(options: GestureOptions) {
  const canvas = useRef<HTMLCanvasElement | null>(null)
  // Handlers are attached once and read the latest options here.
  const latest = useRef(options)
  latest.current = options
  useEffect(() => {
    const element = canvas.current!
    let dragged: { x: number; moved: number; window: TimeWindow; nowMs: number } | undefined
    const wheel = (event: WheelEvent): void => {
      const { window, nowMs, setWindow, share, scrolls } = latest.current
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
      if (!sideways && !event.ctrlKey && !event.metaKey && scrolls()) return
      event.preventDefault()
      if (sideways) setWindow(panned(window, nowMs, (event.deltaX || event.deltaY) / element.clientWidth))
      else setWindow(zoomed(window, nowMs, Math.exp(event.deltaY * 0.0018), share(event.offsetX)))
    }
    const down = (event: PointerEvent): void => {
      if (event.button !== 0) return
      const { window, nowMs } = latest.current
      dragged = { x: event.clientX, moved: 0, window, nowMs }
      element.setPointerCapture(event.pointerId)
    }
    const move = (event: PointerEvent): void => {
      const { onPoint, setWindow, share } = latest.current
      if (dragged) {
        dragged.moved = Math.max(dragged.moved, Math.abs(event.clientX - dragged.x))
        if (dragged.moved < CLICK_PIXELS) return
        const part = share(dragged.x) - share(event.clientX)
        setWindow(panned(dragged.window, dragged.nowMs, part))
        onPoint(undefined)
      } else onPoint({ x: event.clientX, y: event.clientY, offsetX: event.offsetX, offsetY: event.offsetY })
    }
    const up = (event: PointerEvent): void => {
      if (dragged && dragged.moved < CLICK_PIXELS) latest.current.onClick(event.offsetX, event.offsetY)
      dragged = undefined
    }
    const leave = (): void => latest.current.onPoint(undefined)
    element.addEventListener('wheel', wheel, { passive: false })
    element.addEventListener('pointerdown', down)
    element.addEventListener('pointermove', move)
    element.addEventListener('pointerup', up)
    element.addEventListener('pointerleave', leave)
    return () => {
      element.removeEventListener('wheel', wheel)
      element.removeEventListener('pointerdown', down)
      element.removeEventListener('pointermove', move)
      element.removeEventListener('pointerup', up)
      element.removeEventListener('pointerleave', leave)
    }
  }, [])
  const onKeyDown = (event: KeyboardEvent): void => {
    const { window, nowMs, setWindow, oldestMs } = latest.current
    const next = keyed(event.key, window, nowMs, oldestMs)
    if (!next) return
    event.preventDefault()
    setWindow(next)
  }
  return { canvas, onKeyDown }
}

/** The window after a key, or nothing for keys that mean nothing here. */
export function keyed(
  key: string,
  window: TimeWindow,
  nowMs: number,
  oldestMs: () => number,
): TimeWindow | undefined {
  switch (key) {
    case 'ArrowLeft':
      return panned(window, nowMs, -0.1)
    case 'ArrowRight':
      return panned(window, nowMs, 0.1)
    case '+':
    case '=':
      return zoomed(window, nowMs, 0.6, window.kind === 'following' ? 1 : 0.5)
    case '-':
      return zoomed(window, nowMs, 1 / 0.6, window.kind === 'following' ? 1 : 0.5)
    case '0':
      return fitted(oldestMs(), nowMs)
    case 'End':
      return following(window.spanMs)
    default:
      return undefined
  }
}

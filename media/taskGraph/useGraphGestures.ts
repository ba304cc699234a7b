// Turns the pointer and the wheel into moves of the task graph's viewport, and reports what is pointed at and clicked.

import { useEffect, useRef } from 'preact/hooks'
import { type Viewport, zoomedViewport } from './viewport.ts'

export interface GraphPointer {
  /** In the viewport of the page. */
  x: number
  y: number
  /** On the canvas. */
  offsetX: number
  offsetY: number
}

interface GestureOptions {
  viewport: Viewport
  setViewport(viewport: Viewport): void
  onPoint(pointer: GraphPointer | undefined): void
  onClick(pointer: GraphPointer): void
}

const CLICK_PIXELS = 4

export function useGraphGestures(options: GestureOptions) {
  const canvas = useRef<HTMLCanvasElement | null>(null)
  // Handlers are attached once and read the latest options here.
  const latest = useRef(options)
  latest.current = options
  useEffect(() => {
    const element = canvas.current!
    let drag: { x: number; y: number; moved: number; viewport: Viewport } | undefined
    const pointer = ({ clientX, clientY, offsetX, offsetY }: MouseEvent): GraphPointer => ({
      x: clientX,
      y: clientY,
      offsetX,
      offsetY,
    })
    const wheel = (event: WheelEvent): void => {
      const { viewport, setViewport } = latest.current
      event.preventDefault()
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
        setViewport({ ...viewport, x: viewport.x - (event.deltaX || event.deltaY) })
      else
        setViewport(zoomedViewport(viewport, Math.exp(-event.deltaY * 0.0016), event.offsetX, event.offsetY))
    }
    const down = (event: PointerEvent): void => {
      if (event.button !== 0) return
      drag = { x: event.clientX, y: event.clientY, moved: 0, viewport: latest.current.viewport }
      element.setPointerCapture(event.pointerId)
    }
    const move = (event: PointerEvent): void => {
      if (!drag) {
        latest.current.onPoint(pointer(event))
        return
      }
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y]
      drag.moved = Math.max(drag.moved, Math.hypot(dx, dy))
      if (drag.moved < CLICK_PIXELS) return
      latest.current.onPoint(undefined)
      latest.current.setViewport({ ...drag.viewport, x: drag.viewport.x + dx, y: drag.viewport.y + dy })
    }
    const up = (event: PointerEvent): void => {
      if (drag && drag.moved < CLICK_PIXELS) latest.current.onClick(pointer(event))
      drag = undefined
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
  return canvas
}

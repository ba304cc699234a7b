// A canvas that is as large as its place, sharp on any screen, and drawn again when its size or its picture changes.

import type { CanvasHTMLAttributes, JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface CanvasSize {
  width: number
  height: number
}

interface CanvasProps extends Omit<CanvasHTMLAttributes<HTMLCanvasElement>, 'size' | 'onResize'> {
  /** Draws in CSS pixels; called after every render. */
  draw(context: CanvasRenderingContext2D, size: CanvasSize): void
  /** Height in CSS pixels; absent: as high as its place. */
  fixedHeight?: number
  onSize?(size: CanvasSize): void
  canvasRef?: { current: HTMLCanvasElement | null }
}

export function Canvas({ draw, fixedHeight, onSize, canvasRef, ...rest }: CanvasProps): JSX.Element {
  const holder = useRef<HTMLDivElement>(null)
  const own = useRef<HTMLCanvasElement>(null)
  const [size, setSize] = useState<CanvasSize>({ width: 0, height: 0 })
  useEffect(() => {
    const element = holder.current!
    const observer = new ResizeObserver(() => {
      const next = { width: element.clientWidth, height: element.clientHeight }
      setSize((was) => (was.width === next.width && was.height === next.height ? was : next))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useEffect(() => onSize?.(size), [size])
  useLayoutEffect(() => {
    if (canvasRef) canvasRef.current = own.current
    const canvas = own.current!
    const scale = devicePixelRatio || 1
    const width = Math.round(size.width * scale)
    const height = Math.round(size.height * scale)
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
    if (width === 0 || height === 0) return
    const context = canvas.getContext('2d')!
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.clearRect(0, 0, size.width, size.height)
    draw(context, size)
  })
  return (
    <div
      class="canvas-holder"
      ref={holder}
      style={fixedHeight === undefined ? {} : { height: `${fixedHeight}px` }}
    >
      <canvas ref={own} {...rest} />
    </div>
  )
}

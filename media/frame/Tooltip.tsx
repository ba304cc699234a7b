// A small card beside the pointer, kept inside the panel.

import type { ComponentChildren, JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

interface TooltipProps {
  /** Where the pointer is, in the viewport. */
  x: number
  y: number
  children: ComponentChildren
}

export function Tooltip({ x, y, children }: TooltipProps): JSX.Element {
  const card = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = card.current!
    const { width, height } = element.getBoundingClientRect()
    const left = x + 14 + width > innerWidth ? x - 14 - width : x + 14
    const top = y + 16 + height > innerHeight ? y - 12 - height : y + 16
    element.style.left = `${Math.max(4, left)}px`
    element.style.top = `${Math.max(4, top)}px`
  })
  return (
    <div class="tooltip" role="tooltip" ref={card}>
      {children}
    </div>
  )
}

/** Names and values, one a line. */
export function Facts({
  facts,
}: {
  facts: readonly (readonly [string, ComponentChildren] | undefined)[]
}): JSX.Element {
  return (
    <dl class="facts">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

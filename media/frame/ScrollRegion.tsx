// A part of a panel that scrolls by itself, and so must be reachable by the keyboard.

import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

interface ScrollRegionProps {
  label: string
  class?: string
  role?: 'region' | 'log' | 'tree'
  activeDescendant?: string
  children: ComponentChildren
  onScroll?(scrollTop: number): void
  onHeight?(height: number): void
  onKeyDown?(event: KeyboardEvent): void
  elementRef?: { current: HTMLElement | null }
}

export function ScrollRegion(props: ScrollRegionProps): JSX.Element {
  const { label, role, activeDescendant, children, onScroll, onHeight, onKeyDown, elementRef } = props
  const own = useRef<HTMLElement>(null)
  useEffect(() => {
    if (elementRef) elementRef.current = own.current
    if (!onHeight) return
    const observer = new ResizeObserver(([entry]) => onHeight(entry.contentRect.height))
    observer.observe(own.current!)
    return () => observer.disconnect()
  }, [])
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: only trees have an active descendant.
    <section
      class={props.class}
      ref={own}
      tabIndex={0}
      role={role}
      aria-label={label}
      aria-activedescendant={activeDescendant}
      onScroll={onScroll && ((event) => onScroll(event.currentTarget.scrollTop))}
      onKeyDown={onKeyDown}
    >
      {children}
    </section>
  )
}

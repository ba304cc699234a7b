// A result of plain data: a tree to unfold with the mouse or the arrow keys.

import type { JSX } from 'preact'
import { useId, useMemo, useRef, useState } from 'preact/hooks'
import type { Display } from '../../runtime/protocol/runs.ts'
import { count } from '../cluster/quantity.ts'
import { ScrollRegion } from '../frame/ScrollRegion.tsx'
import { stretchInView } from './tableRows.ts'
import { keyInTree, openedAtFirst, sizeOf, toggled, treeRows } from './treeRows.ts'

const ROW_HEIGHT = 22

export function ResultTree({ display }: { display: Extract<Display, { kind: 'tree' }> }): JSX.Element {
  const root = display.value
  const [open, setOpen] = useState<ReadonlySet<string>>(() => openedAtFirst(root))
  const [active, setActive] = useState(0)
  const [scrollTop, setScrollTop] = useState(0)
  const [viewHeight, setViewHeight] = useState(600)
  const scroller = useRef<HTMLElement>(null)
  const id = useId()
  const rows = useMemo(() => treeRows(root, open), [root, open])
  const { first, end, above, below } = stretchInView(rows.length, ROW_HEIGHT, scrollTop, viewHeight)
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = keyInTree(event.key, rows, { active, open })
    if (!move) return
    event.preventDefault()
    setActive(move.active)
    setOpen(move.open)
    const element = scroller.current!
    const top = move.active * ROW_HEIGHT
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + ROW_HEIGHT > element.scrollTop + element.clientHeight)
      element.scrollTop = top + ROW_HEIGHT - element.clientHeight
  }
  return (
    <ScrollRegion
      class="tree"
      role="tree"
      label="The result"
      {...(active >= first && active < end ? { activeDescendant: `${id}-${active}` } : {})}
      elementRef={scroller}
      onKeyDown={onKeyDown}
      onScroll={setScrollTop}
      onHeight={setViewHeight}
    >
      <div style={{ height: `${above}px` }} />
      {rows.slice(first, end).map((row, offset) => {
        const index = first + offset
        const { node } = row
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of a tree are those of the tree, not of its items.
          <div
            key={row.path}
            id={`${id}-${index}`}
            class={`tree-row${index === active ? ' active' : ''}`}
            role="treeitem"
            tabIndex={-1}
            aria-level={row.level}
            aria-posinset={row.position}
            aria-setsize={row.siblings}
            aria-expanded={row.open}
            aria-selected={index === active}
            style={{ paddingLeft: `${(row.level - 1) * 16 + 4}px` }}
            onClick={() => {
              setActive(index)
              if (row.open !== undefined) setOpen(toggled(open, row.path))
            }}
          >
            <span
              class={`twist${row.open === undefined ? ' leaf' : row.open ? ' open' : ''}`}
              aria-hidden="true"
            />
            {node.label !== undefined && <span class="tree-label">{node.label}</span>}
            {node.label !== undefined && <span class="muted">: </span>}
            <span class={`tree-value type-${node.type}`}>{node.text}</span>
          </div>
        )
      })}
      <div style={{ height: `${below}px` }} />
      {display.cut && (
        <p class="muted tree-cut">
          The first {count(sizeOf(root))} parts are shown: the value is larger than a panel can take.
        </p>
      )}
    </ScrollRegion>
  )
}

// A shown value: a table, a tree or text, and the buttons that copy and save it.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Region, RegionRequest } from '../../runtime/protocol/regions.ts'
import type { RowsPage, RowsRequest } from '../../runtime/protocol/rows.ts'
import type { Display } from '../../runtime/protocol/runs.ts'
import { count, plural } from '../cluster/quantity.ts'
import type { Surroundings } from '../feed/surroundings.ts'
import { IconButton } from '../frame/IconButton.tsx'
import { ScrollRegion } from '../frame/ScrollRegion.tsx'
import { RemoteTable } from './RemoteTable.tsx'
import { ResultArray } from './ResultArray.tsx'
import { ResultTable } from './ResultTable.tsx'
import { ResultTree } from './ResultTree.tsx'
import { asCsv, asTabs } from './tableRows.ts'

interface DisplayProps {
  display: Display
  save: Surroundings['save']
  /** Asks for rows of the whole table, where only the first are here. */
  rows?: (request: RowsRequest) => Promise<RowsPage>
  /** Asks for a part of an array, where not all of its elements are here. */
  region?: (request: RegionRequest) => Promise<Region>
}

export function DisplayView({ display, save, rows, region }: DisplayProps): JSX.Element {
  switch (display.kind) {
    case 'table':
      return display.remote && rows ? (
        <RemoteTable display={display} ask={rows} />
      ) : (
        <ResultTable display={display} />
      )
    case 'tree':
      return <ResultTree display={display} />
    case 'array':
      return <ResultArray display={display} save={save} {...(region && { region })} />
    case 'text':
      return (
        <ScrollRegion class="result-text" label="The result">
          <pre>{display.text}</pre>
          {display.cut && (
            <p class="muted">
              The first {count(display.text.length)} characters are shown: the text is longer than a panel can
              take.
            </p>
          )}
        </ScrollRegion>
      )
  }
}

export function CopyButton({ display }: { display: Display }): JSX.Element {
  const [copied, setCopied] = useState(false)
  const copy = (): void => {
    navigator.clipboard.writeText(textOf(display)).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  // A table's other rows are not here: the label must not promise them.
  const part =
    display.kind === 'table' && display.totalRows > display.rows.length
      ? ` the first ${plural(display.rows.length, 'row')}`
      : ''
  return <IconButton sign="copy" label={`${copied ? 'Copied' : 'Copy'}${part}`} showLabel onClick={copy} />
}

/** Saves the rows of a table that are here. */
export function SaveButton({ display, save }: DisplayProps): JSX.Element | null {
  if (display.kind !== 'table') return null
  const { columns, rows, numeric, totalRows } = display
  const label = totalRows > rows.length ? `Save these ${count(rows.length)} rows as CSV` : 'Save as CSV'
  return (
    <IconButton
      sign="save"
      label={label}
      showLabel
      onClick={() => save('rows.csv', new TextEncoder().encode(asCsv(columns, rows, numeric)))}
    />
  )
}

function textOf(display: Display): string {
  switch (display.kind) {
    case 'table':
      return asTabs(display.columns, display.rows)
    case 'array':
    case 'text':
      return display.text
    case 'tree': {
      const lines: string[] = []
      const visit = (node: typeof display.value, indent: string): void => {
        lines.push(`${indent}${node.label === undefined ? '' : `${node.label}: `}${node.text}`)
        for (const child of node.children ?? []) visit(child, `${indent}  `)
      }
      visit(display.value, '')
      return lines.join('\n')
    }
  }
}

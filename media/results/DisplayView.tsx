// A shown value: a table, a tree or text, and the button that copies it.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Display } from '../../runtime/protocol/runs.ts'
import { IconButton } from '../frame/IconButton.tsx'
import { ScrollRegion } from '../frame/ScrollRegion.tsx'
import { ResultTable } from './ResultTable.tsx'
import { ResultTree } from './ResultTree.tsx'
import { asTabs } from './tableRows.ts'

export function DisplayView({ display }: { display: Display }): JSX.Element {
  switch (display.kind) {
    case 'table':
      return <ResultTable display={display} />
    case 'tree':
      return <ResultTree display={display} />
    case 'text':
      return (
        <ScrollRegion class="result-text" label="The result">
          <pre>{display.text}</pre>
          {display.cut && (
            <p class="muted">Only the beginning is shown: the text is longer than a panel can take.</p>
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
  return <IconButton sign="copy" label={copied ? 'Copied' : 'Copy'} showLabel onClick={copy} />
}

function textOf(display: Display): string {
  switch (display.kind) {
    case 'table':
      return asTabs(display.columns, display.rows)
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

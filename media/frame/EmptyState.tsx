// What a panel says when it has nothing to show: why, and what to do.

import type { ComponentChildren, JSX } from 'preact'
import type { Connection, Surroundings } from '../feed/surroundings.ts'
import './elements.ts'

interface EmptyStateProps {
  title: string
  children?: ComponentChildren
  actions?: ComponentChildren
}

export function EmptyState({ title, children, actions }: EmptyStateProps): JSX.Element {
  return (
    <div class="empty" role="status">
      <Weave />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div class="empty-actions">{actions}</div>}
    </div>
  )
}

/** Threads over and under: the mark of an empty loom. */
export function Weave({ size = 40 }: { size?: number }): JSX.Element {
  return (
    <svg class="weave" width={size} height={size} viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      <path class="warp" d="M8 3v34M20 3v34M32 3v34" />
      <path class="weft" d="M3 12h9M16 12h8M28 12h9M3 28h2M11 28h6M23 28h6M35 28h2" />
      <circle class="eye" cx="20" cy="20" r="4.5" />
    </svg>
  )
}

/** The empty state of a panel without a cluster, or nothing when there is one. */
export function withoutCluster(
  connection: Connection,
  surroundings: Surroundings,
  hasSnapshot: boolean,
): JSX.Element | undefined {
  // What was seen of a cluster that is gone stays: a notice above it says so.
  if (hasSnapshot) return undefined
  if (connection.kind === 'no-cluster')
    return (
      <EmptyState
        title="No cluster is running"
        actions={
          <>
            <vscode-button onClick={() => surroundings.command('startLocalCluster')}>
              Start Local Cluster
            </vscode-button>
            <vscode-button secondary onClick={() => surroundings.command('runFile')}>
              Run File
            </vscode-button>
          </>
        }
      >
        Start one here, or click ▷ Run above an expression in a TypeScript file that imports heddle: a cluster
        starts by itself.
      </EmptyState>
    )
  if (connection.kind === 'lost')
    return (
      <EmptyState title="The cluster does not answer">
        {connection.reason ? `It said: ${connection.reason}. ` : ''}It may have been stopped. This page tries
        again by itself; if the cluster was restarted, open the address that it printed, since every cluster
        has its own sign-in.
      </EmptyState>
    )
  return <EmptyState title="Connecting to the cluster…" />
}

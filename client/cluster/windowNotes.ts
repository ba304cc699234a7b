// What a window notes of its clusters, so that it finds them again after a reload.

import type * as vscode from 'vscode'
import type { Attachment } from './attachment.ts'
import type { AttachNote } from './foundCluster.ts'

const NOTE = 'heddle.clusters'

export class WindowNotes {
  readonly #memento: vscode.Memento

  constructor({ workspaceState }: Pick<vscode.ExtensionContext, 'workspaceState'>) {
    this.#memento = workspaceState
  }

  /** The cluster that was current is the last. */
  read(): AttachNote[] {
    return this.#memento.get<AttachNote[]>(NOTE, [])
  }

  write(all: readonly Attachment[], current: Attachment | undefined): void {
    const others = all.filter((each) => each !== current)
    const last = current && all.includes(current) ? [current] : []
    void this.#memento.update(
      NOTE,
      [...others, ...last].map(({ found }) => found.note),
    )
  }
}

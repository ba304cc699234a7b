// The runs of the window: started here or found again, with the place of each in its document.

import * as path from 'node:path'
import * as vscode from 'vscode'
import type { RowsFile, RunSpec } from '../../runtime/protocol/runs.ts'
import type { WindowCluster } from '../cluster/windowCluster.ts'
import { readSettings } from '../settings/settings.ts'
import { type Anchor, shiftAnchor } from './anchor.ts'
import { RunLines } from './runLines.ts'
import { applyRunEvent, endAll, expectRun, type Run, type RunEventMessage, type Runs } from './runsModel.ts'

/** What a lens or a command asks to be run. */
export interface ExpressionToRun {
  start: number
  end: number
  label: string
}

/** Where the text that a run was started with now stands. */
export interface RunPlace {
  uri: vscode.Uri
  anchor: Anchor
  /** The code that its value depends on was changed since: what stands beside it is of the past. */
  stale: boolean
  /** A fingerprint of that code when it was run; nothing while it is not known. */
  needed?: string
}

/** Tells per expression a fingerprint of the code that its value depends on. */
export type NeededTexts = (
  document: vscode.TextDocument,
  expressions: readonly { start: number; end: number }[],
) => Promise<(string | null)[]>

/** Long enough that a word is typed. */
const JUDGE_AFTER_MS = 250

/** A run that was asked for and has no id yet. */
export interface PendingRun {
  uri: vscode.Uri
  anchor: Anchor | undefined
}

export class RunBook implements vscode.Disposable {
  readonly runs: Runs = new Map()
  readonly pending = new Set<PendingRun>()
  /** Where the lines that runs speak of now stand. */
  readonly lines = new RunLines()
  readonly #places = new Map<string, RunPlace>()
  readonly #own = new Set<string>()
  readonly #changed = new vscode.EventEmitter<Run | undefined>()
  readonly #events = new vscode.EventEmitter<{ run: Run; message: RunEventMessage }>()
  readonly #subscriptions: vscode.Disposable[]
  readonly #cluster: WindowCluster
  readonly #neededTexts: NeededTexts
  readonly #judging = new Map<vscode.TextDocument, NodeJS.Timeout>()

  /** A run that changed, or nothing when pending runs or places did. */
  readonly onChange = this.#changed.event
  readonly onEvent = this.#events.event

  constructor(cluster: WindowCluster, neededTexts: NeededTexts) {
    this.#cluster = cluster
    this.#neededTexts = neededTexts
    this.#subscriptions = [
      this.#changed,
      this.#events,
      cluster.onRunEvent((message) => this.#take(message)),
      cluster.onLost(({ reason, owns }) => {
        for (const run of endAll(this.runs, reason, Date.now(), owns)) this.#changed.fire(run)
      }),
      vscode.workspace.onDidChangeTextDocument((change) => this.#shift(change)),
      // After a reload the events of runs may come before the documents that they are of.
      vscode.workspace.onDidOpenTextDocument(() => {
        for (const run of this.runs.values()) this.#placeFound(run)
        this.#changed.fire(undefined)
      }),
    ]
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose()
    for (const timer of this.#judging.values()) clearTimeout(timer)
  }

  /**
   * Runs one expression, or without one the whole file; starts a cluster if none runs. `save`: also writes its rows to a
   * file. `on`: the id of a cluster of this window, where it is to be another than the current one.
   */
  async start(
    document: vscode.TextDocument,
    expression?: ExpressionToRun,
    cell?: ExpressionToRun,
    save?: RowsFile,
    on?: string,
  ): Promise<string> {
    const anchor = expression ?? (cell && cellAnchor(document.getText(), cell))
    const pending: PendingRun = {
      uri: document.uri,
      anchor: anchor && { start: anchor.start, end: anchor.end },
    }
    this.#forget(document.uri, expression ?? cell)
    this.pending.add(pending)
    const needed = expression && this.#neededTexts(document, [expression]).catch(() => [])
    const origin = this.lines.begin(document)
    this.#changed.fire(undefined)
    try {
      const spec: RunSpec = { file: document.uri.fsPath, cwd: folderOf(document) }
      // The text is taken now: what is typed while a cluster starts is of the next run.
      if (document.isDirty) spec.text = document.getText()
      if (expression) spec.expression = expression
      if (cell) spec.cell = cell
      if (expression ?? cell) spec.pages = true
      if (save) spec.save = save
      const { profileRuns } = readSettings()
      if (profileRuns !== 'never') spec.profile = profileRuns
      const run = await this.#cluster.run(document.uri, spec, on)
      this.#own.add(run)
      this.lines.name(origin, run)
      expectRun(this.runs, run, spec, Date.now())
      if (anchor && pending.anchor)
        this.#place(run, { uri: document.uri, anchor: pending.anchor, stale: false }, needed)
      return run
    } finally {
      this.pending.delete(pending)
      this.#changed.fire(undefined)
    }
  }

  cancel(run: string): void {
    this.#cluster.cancel(run)
  }

  /** Whether this window, since it was loaded, started the run. */
  isOwn(run: string): boolean {
    return this.#own.has(run)
  }

  /** Where the expression of a run stands now; nothing for the run of a file or when its text is gone. */
  placeOf(run: string): RunPlace | undefined {
    return this.#places.get(run)
  }

  /** Live runs of a document, the latest first. */
  liveRunsOf(uri: vscode.Uri): Run[] {
    return [...this.runs.values()].filter((run) => !run.end && run.file === uri.fsPath).reverse()
  }

  #take(message: RunEventMessage): void {
    const run = applyRunEvent(this.runs, message)
    if (!run) return
    this.#placeFound(run)
    this.#events.fire({ run, message })
    this.#changed.fire(run)
  }

  /** A run that was found again after a reload stands where it was started, if the text is still the same. */
  #placeFound(run: Run): void {
    if (!run.expression || this.#places.has(run.run) || this.#own.has(run.run)) return
    const document = vscode.workspace.textDocuments.find((each) => each.uri.fsPath === run.file)
    if (!document || document.isDirty) return
    const place = { uri: document.uri, anchor: run.expression, stale: false }
    this.#place(
      run.run,
      place,
      this.#neededTexts(document, [run.expression]).catch(() => []),
    )
  }

  #place(run: string, place: RunPlace, needed: Promise<(string | null)[]> | undefined): void {
    this.#places.set(run, place)
    void needed?.then(([text]) => {
      place.needed = text ?? undefined
    })
  }

  /** Looks, when typing pauses, which results are still those of the code as it stands. */
  #judgeSoon(document: vscode.TextDocument): void {
    clearTimeout(this.#judging.get(document))
    this.#judging.set(
      document,
      setTimeout(() => {
        this.#judging.delete(document)
        void this.#judge(document)
      }, JUDGE_AFTER_MS),
    )
  }

  async #judge(document: vscode.TextDocument): Promise<void> {
    const uri = document.uri.toString()
    const places = [...this.#places.values()].filter(
      (place) => place.uri.toString() === uri && place.needed !== undefined,
    )
    if (places.length === 0) return
    const { version } = document
    const now = await this.#neededTexts(
      document,
      places.map(({ anchor }) => anchor),
    ).catch(() => [])
    // Half-typed code says nothing, and neither does an answer that came too late.
    if (document.version !== version) return
    places.forEach((place, i) => {
      if (now[i]) place.stale = now[i] !== place.needed
    })
    this.#changed.fire(undefined)
  }

  /** Drops ended runs of what is run anew: their marks would stand on the same line. */
  #forget(uri: vscode.Uri, expression: ExpressionToRun | undefined): void {
    for (const run of this.runs.values()) {
      if (!run.end || run.file !== uri.fsPath) continue
      const place = this.#places.get(run.run)
      const apart =
        expression && place && (place.anchor.end <= expression.start || place.anchor.start >= expression.end)
      if (apart) continue
      this.runs.delete(run.run)
      this.#places.delete(run.run)
    }
  }

  #shift({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return
    this.lines.shift(document, contentChanges)
    let changed = false
    const moved = (anchor: Anchor): Anchor | undefined => {
      let now: Anchor | undefined = anchor
      for (const { rangeOffset, rangeLength, text } of contentChanges)
        now &&= shiftAnchor(now, { offset: rangeOffset, length: rangeLength, textLength: text.length })
      return now
    }
    for (const [run, place] of this.#places) {
      if (place.uri.toString() !== document.uri.toString()) continue
      const anchor = moved(place.anchor)
      changed = true
      if (!anchor) this.#places.delete(run)
      else {
        // What nobody can judge is taken for changed with its length.
        if (place.needed === undefined)
          place.stale ||= anchor.end - anchor.start !== place.anchor.end - place.anchor.start
        place.anchor = anchor
      }
    }
    for (const pending of this.pending) {
      if (!pending.anchor || pending.uri.toString() !== document.uri.toString()) continue
      pending.anchor = moved(pending.anchor)
      changed = true
    }
    if (!changed) return
    this.#judgeSoon(document)
    this.#changed.fire(undefined)
  }
}

/** A cell without the blank lines at its end: what it gives stands beside its last statement. */
function cellAnchor(text: string, { start, end }: ExpressionToRun): Anchor {
  return { start, end: start + text.slice(start, end).trimEnd().length }
}

function folderOf(document: vscode.TextDocument): string {
  return vscode.workspace.getWorkspaceFolder(document.uri)?.uri.fsPath ?? path.dirname(document.uri.fsPath)
}

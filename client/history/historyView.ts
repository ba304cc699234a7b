// The view of runs: every run of the folder with its outcome, time and place; run again, compare, open.

import * as vscode from 'vscode'
import { openPlace, type WantedRun } from '../panels/panelPage.ts'
import type { Reports } from '../reports/reports.ts'
import { cellAgain } from '../runs/cells.ts'
import { workText } from '../runs/lineWork.ts'
import type { ExpressionToRun, RunBook } from '../runs/runBook.ts'
import type { Run } from '../runs/runsModel.ts'
import { rowLabel } from '../tree/rowLabel.ts'
import { compareRuns } from './compareRuns.ts'
import { lineLabel, placeText, rowText, spokenEntry, tookText, whenText } from './entryText.ts'
import {
  entryOf,
  type HistoryEntry,
  idOf,
  type Outcome,
  partOf,
  type RunPart,
  withEntry,
  withoutLive,
} from './history.ts'

const KEPT = 'heddle.history'

const ICONS: Record<Outcome, [icon: string, colour?: string]> = {
  running: ['sync~spin', 'charts.blue'],
  finished: ['pass', 'testing.iconPassed'],
  failed: ['error', 'testing.iconFailed'],
  cancelled: ['circle-slash'],
  crashed: ['error', 'testing.iconFailed'],
}

type Node = { entry: HistoryEntry } | { entry: HistoryEntry; line: HistoryEntry['lines'][number] }

/** @param showResultsOf shows the results of a run, or of the latest */
export function registerHistory(
  context: vscode.ExtensionContext,
  book: RunBook,
  reports: Reports,
  showResultsOf: (wanted?: WantedRun) => Promise<void>,
): void {
  let entries = withoutLive(context.workspaceState.get<HistoryEntry[]>(KEPT, []))
  const parts = new Map<string, RunPart>()
  const changed = new vscode.EventEmitter<void>()
  const note = (run: Run): void => {
    const id = idOf(run)
    const known = parts.get(id) ?? entries.find((each) => each.id === id && (each.expression ?? each.cell))
    // Its first events may come before it is known with which text it began.
    const part = known ?? partNow(book, run)
    if (part) parts.set(id, part)
    entries = withEntry(entries, entryOf(run, part))
    if (run.end) void context.workspaceState.update(KEPT, entries)
    changed.fire()
  }
  const view = vscode.window.createTreeView<Node>('heddle.runs', {
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: (node) =>
        !node
          ? entries.map((entry) => ({ entry }))
          : 'line' in node
            ? []
            : node.entry.lines.map((line) => ({ entry: node.entry, line })),
      getTreeItem: (node) => ('line' in node ? lineItem(node.line, node.entry) : runItem(node.entry)),
    },
  })
  const command = (name: string, run: (node?: Node, all?: Node[]) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(name, run)
  const chosen = (node?: Node): HistoryEntry | undefined => (node ?? view.selection[0])?.entry
  context.subscriptions.push(
    changed,
    view,
    book.onEvent(({ run, message }) => {
      // Progress changes nothing that the view shows.
      if (['started', 'result', 'failed', 'lines', 'ended'].includes(message.event.kind)) note(run)
    }),
    book.onChange((run) => {
      if (run?.end && !entries.find((each) => each.id === idOf(run) && each.outcome !== 'running')) note(run)
    }),
    command('heddle.runAgain', async (node) => {
      const entry = chosen(node)
      if (entry) await runAgain(entry)
    }),
    command('heddle.openRun', async (node) => {
      const entry = chosen(node)
      if (!entry) return
      const line =
        node && 'line' in node
          ? node.line.line
          : (entry.place?.line ?? (entry.expression ?? entry.cell)?.line ?? 1)
      const file = node && 'line' in node ? node.line.file : (entry.place?.file ?? entry.file)
      await openPlace({ file, line, column: entry.place?.column ?? 1 })
    }),
    command('heddle.openRunResults', async (node) => {
      const entry = chosen(node)
      // A window puts the cluster's id in front of the names that other clusters than its own give.
      const run = entry?.run.slice(entry.run.indexOf(':') + 1)
      await showResultsOf(entry && { run: run!, startedMs: entry.startedMs, askedMs: Date.now() })
    }),
    command('heddle.compareRuns', async (node, all) => {
      const picked = (all ?? [...view.selection]).map((each) => each.entry)
      const two = picked.length === 2 ? picked : await pickTwo(entries, chosen(node))
      if (!two) return
      const [a, b] = two
      const texts = new Map<string, vscode.TextDocument>()
      for (const { file } of [...a.lines, ...b.lines]) {
        if (texts.has(file)) continue
        const document = await vscode.workspace.openTextDocument(file).then(
          (found) => found,
          () => undefined,
        )
        if (document) texts.set(file, document)
      }
      const lineOf = (file: string, line: number): string | undefined => {
        const document = texts.get(file)
        return document && line <= document.lineCount ? document.lineAt(line - 1).text : undefined
      }
      await reports.show('Two runs compared', compareRuns(a, b, lineOf))
    }),
    command('heddle.clearHistory', async () => {
      entries = entries.filter(({ outcome }) => outcome === 'running')
      await context.workspaceState.update(KEPT, entries)
      changed.fire()
    }),
  )
}

function runItem(entry: HistoryEntry): vscode.TreeItem {
  const { label, outcome, says, lines, startedMs } = entry
  const { None, Collapsed } = vscode.TreeItemCollapsibleState
  const item = new vscode.TreeItem(rowLabel(label), lines.length > 0 ? Collapsed : None)
  item.id = entry.id
  const nowMs = Date.now()
  item.description = rowText(entry, nowMs)
  item.accessibilityInformation = { label: spokenEntry(entry, nowMs) }
  const [icon, colour] = ICONS[outcome]
  item.iconPath = new vscode.ThemeIcon(icon, colour ? new vscode.ThemeColor(colour) : undefined)
  item.tooltip = [
    `${label}: ${outcome} after ${tookText(entry)}`,
    new Date(startedMs).toLocaleString('en-GB'),
    says ?? '',
    entry.file,
  ]
    .filter(Boolean)
    .join('\n')
  item.contextValue = outcome === 'running' ? 'liveRun' : 'run'
  item.command = { title: 'Open', command: 'heddle.openRun', arguments: [{ entry }] }
  return item
}

function lineItem(line: HistoryEntry['lines'][number], { file }: HistoryEntry): vscode.TreeItem {
  const label = lineLabel(line, file)
  const item = new vscode.TreeItem(label)
  item.description = `${workText(line)} · ${line.name}`
  item.tooltip = [`${line.file}:${line.line}`, workText(line), line.name].join('\n')
  item.accessibilityInformation = { label: [label, workText(line), line.name].join(', ') }
  item.iconPath = new vscode.ThemeIcon('flame')
  item.contextValue = 'runLine'
  item.command = {
    title: 'Open',
    command: 'vscode.open',
    arguments: [
      vscode.Uri.file(line.file),
      { selection: new vscode.Range(line.line - 1, 0, line.line - 1, 0), viewColumn: vscode.ViewColumn.One },
    ],
  }
  return item
}

function partNow(book: RunBook, run: Run): RunPart | undefined {
  const text = book.lines.textOf(run.run)
  return text === undefined ? undefined : partOf(run, text)
}

async function runAgain(entry: HistoryEntry): Promise<void> {
  const { file, expression, cell, label } = entry
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file))
  if (!expression && !cell) {
    await vscode.commands.executeCommand('heddle.runFile', document.uri)
    return
  }
  const part = partAgain(document.getText(), entry)
  if (!part) return tellChanged(label, file)
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preserveFocus: true })
  await vscode.commands.executeCommand(part.cell ? 'heddle.runCell' : 'heddle.runExpression', {
    uri: document.uri.toString(),
    version: document.version,
    ...part,
  })
}

/** Where what was run stands now: the cell of its title, or the nearest place that has the same text. */
function partAgain(
  text: string,
  { cell, expression, label }: HistoryEntry,
): { cell?: ExpressionToRun; expression?: ExpressionToRun } | undefined {
  if (cell) {
    const now = cellAgain(text, { label, start: cell.start })
    return now && { cell: now }
  }
  if (!expression) return undefined
  let at = -1
  for (
    let found = text.indexOf(expression.text);
    found >= 0;
    found = text.indexOf(expression.text, found + 1)
  )
    if (at < 0 || Math.abs(found - expression.start) < Math.abs(at - expression.start)) at = found
  return at < 0 ? undefined : { expression: { start: at, end: at + expression.text.length, label } }
}

function tellChanged(label: string, file: string): void {
  void vscode.window.showInformationMessage(
    `${label} no longer stands in ${file}: its code was changed. Run it from there.`,
  )
}

async function pickTwo(
  entries: readonly HistoryEntry[],
  first: HistoryEntry | undefined,
): Promise<[HistoryEntry, HistoryEntry] | undefined> {
  const choose = async (title: string, among: readonly HistoryEntry[]): Promise<HistoryEntry | undefined> => {
    const items = among.map((entry) => ({
      label: entry.label,
      description: `${entry.outcome} · ${placeText(entry)} · ${whenText(entry.startedMs, Date.now())}`,
      entry,
    }))
    return (await vscode.window.showQuickPick(items, { title }))?.entry
  }
  const one = first ?? (await choose('Compare which run?', entries))
  if (!one) return undefined
  const alike = entries.filter((entry) => entry !== one)
  // Runs of the same code come first.
  alike.sort((a, b) => Number(b.label === one.label) - Number(a.label === one.label))
  const two = await choose(`Compare ${one.label} with which run?`, alike)
  return two && [one, two]
}

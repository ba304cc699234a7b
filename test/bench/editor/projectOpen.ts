// A project of many files in the language server's process: how long until it is told of, how long typed answers take, and its memory.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createProtocolConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-languageserver/node.js'
import { SERVER_START } from '../../../client/languageServer/serverStart.ts'
import { median } from '../figure.ts'

const FILES = 300
const EDITS = 15
const WARM_UP_EDITS = 5
const TYPES_MS_MAX = 60_000

export interface ProjectFigures {
  /** From opening all files until every one of them has been told of, and the CPU of that. */
  openMs: number
  openCpuMs: number
  /** CPU from an edit to the hint of a name whose kind only types tell, in a file of 1,000 lines: the median. */
  typedMs: number
  /** Resident memory of the server's process after that. */
  memoryMb: number
}

/** CPU that a process has used so far. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  // User and system, in ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Of files of some 30 lines, each of which takes a frame from the one before. */
export async function projectFigures(root: string): Promise<ProjectFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-project-'))
  mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true })
  symlinkSync(join(root, 'runtime'), join(folder, 'node_modules', 'heddle'))
  for (const name of ['@types/node', 'undici-types', 'typescript'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  const texts = Array.from({ length: FILES }, (_, i) =>
    [
      "import { bag, col, dataframe } from 'heddle'",
      ...(i > 0 ? [`import { load as before } from './file${i - 1}.ts'`] : []),
      `export const load = (name: string) => ${i % 10 === 0 ? 'dataframe.readCsv(name)' : `before(name).filter(col('a').gt(${i}))`}`,
      ...Array.from({ length: 25 }, (_, n) => `export const v${n} = bag.range(${n}).map((x) => x + ${n})`),
      "export const total = await load('a.csv').groupBy('b').sum().compute()",
    ].join('\n'),
  )
  for (const [i, text] of texts.entries()) writeFileSync(join(folder, `file${i}.ts`), text)
  const child = fork(join(root, 'dist', 'server.cjs'), ['--node-ipc'], {
    stdio: 'ignore',
    execArgv: SERVER_START.execArgv,
    env: { ...process.env, ...SERVER_START.env },
  })
  const connection = createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child))
  const told = new Set<string>()
  let complete = (): void => {}
  connection.onNotification('textDocument/publishDiagnostics', ({ uri }: { uri: string }) => {
    told.add(uri)
    if (told.size === FILES) complete()
  })
  connection.listen()
  try {
    const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href
    await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'project' }],
    })
    const open = (name: string, text: string): void =>
      void connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri: uriOf(name), languageId: 'typescript', version: 0, text },
      })
    const [begun, cpuBefore] = [performance.now(), cpuMs(child.pid ?? 0)]
    const all = new Promise<void>((resolve) => {
      complete = resolve
    })
    texts.forEach((text, i) => {
      open(`file${i}.ts`, text)
    })
    await all
    const openMs = performance.now() - begun
    const openCpuMs = cpuMs(child.pid ?? 0) - cpuBefore
    const lines = ["import { bag } from 'heddle'", "import { load } from './file9.ts'"]
    while (lines.length < 995)
      lines.push(`const v${lines.length} = bag.range(2).map((n) => n + ${lines.length})`)
    lines.push('const frames = new Map([[1, load("a.csv")]])', 'const one = frames.get(1)!')
    open('long.ts', lines.join('\n'))
    const times: number[] = []
    for (let version = 1; version <= WARM_UP_EDITS + EDITS; version++) {
      const at = { line: 2, character: 0 }
      const [edited, cpu] = [performance.now(), cpuMs(child.pid ?? 0)]
      void connection.sendNotification('textDocument/didChange', {
        textDocument: { uri: uriOf('long.ts'), version },
        contentChanges: [{ range: { start: at, end: at }, text: '// a note\n' }],
      })
      const end = { line: lines.length + version, character: 0 }
      // While TypeScript is loaded, the text alone is answered from; the editor is then told to ask again.
      for (;;) {
        const hints = await connection.sendRequest<{ label: string }[]>('textDocument/inlayHint', {
          textDocument: { uri: uriOf('long.ts') },
          range: { start: { line: end.line - 5, character: 0 }, end },
        })
        if (hints.at(-1)?.label === ': data frame') break
        if (performance.now() - edited > TYPES_MS_MAX) throw new Error('no types came')
      }
      if (version > WARM_UP_EDITS) times.push(cpuMs(child.pid ?? 0) - cpu)
    }
    const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))
    return { openMs, openCpuMs, typedMs: median(times), memoryMb: (Number(resident?.[1]) * 1024) / 1e6 }
  } finally {
    const ended = once(child, 'exit')
    child.kill()
    await ended
    connection.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
}

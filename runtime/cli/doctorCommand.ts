// `heddle doctor`: looks at what heddle needs on this machine, and says the way out for what is missing.

import { execFile } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { findClusters } from '../cluster/findClusters.ts'
import { memoryHere } from '../cluster/memoryLimit.ts'
import { type EntryName, entryPath } from '../host/entries.ts'
import { createRunFolder, removeRunFolder, runFolderParent } from '../host/runFolder.ts'
import { HEDDLE_VERSION } from '../protocol/version.ts'
import { measuredProduct } from '../session/measuredProduct.ts'
import { EXIT } from './exitCodes.ts'
import { plural } from './quantity.ts'
import { type Style, styleFor } from './style.ts'
import { UsageError } from './usageError.ts'

/** What a look at one thing found. */
interface Finding {
  /** `note`: heddle runs without it. */
  state: 'good' | 'missing' | 'note'
  text: string
  /** What to do. */
  wayOut?: string
}

const NODE_MAJOR_MIN = 24

export async function doctorCommand(args: readonly string[]): Promise<number> {
  if (args.length > 0)
    throw new UsageError(`heddle doctor takes no arguments, and ${JSON.stringify(args[0])} is one`)
  const style = styleFor(process.stdout.isTTY)
  process.stdout.write(`heddle ${HEDDLE_VERSION}\n`)
  let missing = 0
  for (const look of LOOKS) {
    const finding = await look()
    if (finding.state === 'missing') missing++
    process.stdout.write(`${lineOf(finding, style)}\n`)
  }
  process.stdout.write(
    missing === 0 ? 'Everything that heddle needs is here.\n' : `${plural(missing, 'thing')} missing.\n`,
  )
  return missing === 0 ? EXIT.ok : EXIT.failed
}

function lineOf({ state, text, wayOut }: Finding, style: Style): string {
  const mark = { good: style.green('✓'), missing: style.red('✗'), note: style.dim('–') }[state]
  return `${mark} ${text}${wayOut ? `\n    ${wayOut}` : ''}`
}

const LOOKS: readonly (() => Finding | Promise<Finding>)[] = [
  lookAtNode,
  lookAtMachine,
  lookAtPrograms,
  lookAtParser,
  lookAtTables,
  lookAtProducts,
  lookAtPanels,
  lookAtRunFolder,
  lookAtClusters,
  lookAtGpus,
]

function lookAtNode(): Finding {
  const text = `Node ${process.versions.node} at ${process.execPath}`
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return { state: 'good', text }
  return {
    state: 'missing',
    text,
    wayOut: `heddle needs Node ${NODE_MAJOR_MIN} or newer: https://nodejs.org`,
  }
}

function lookAtMachine(): Finding {
  const gigabytes = (memoryHere() / 1e9).toFixed(1)
  return { state: 'good', text: `${plural(availableParallelism(), 'core')}, ${gigabytes} GB of memory` }
}

function lookAtPrograms(): Finding {
  const names: readonly EntryName[] = ['scheduler', 'worker', 'lane', 'session']
  const gone = names.filter((name) => !existsSync(entryPath(name)))
  if (gone.length === 0) return { state: 'good', text: 'the programs of the runtime' }
  return {
    state: 'missing',
    text: `programs of the runtime: ${gone.join(', ')}`,
    wayOut: 'Install heddle again, or run `npm run build` in its checkout.',
  }
}

/** The parser is native: its binary is a package of its own for each platform. */
/** Resolved, not loaded: its binary takes 50 MB and 50 ms. */
function lookAtTables(): Finding {
  try {
    import.meta.resolve('nodejs-polars')
    return { state: 'good', text: 'data frames run on polars' }
  } catch {
    return {
      state: 'note',
      text: 'data frames run in JavaScript: polars is not installed here',
      wayOut:
        'npm install nodejs-polars@0.25.2 makes them ten times as fast, and brings the functions that only polars has.',
    }
  }
}

async function lookAtParser(): Promise<Finding> {
  try {
    await import(import.meta.resolve('oxc-parser'))
    return { state: 'good', text: 'the parser (oxc) for this platform' }
  } catch (error) {
    return {
      state: 'missing',
      text: `the parser (oxc) does not load: ${(error as Error).message.split('\n')[0]}`,
      wayOut: `Install heddle's packages again on this platform (${process.platform}-${process.arch}), with optional dependencies.`,
    }
  }
}

/** Products of matrices run in WebAssembly's vector instructions, which this Node has or has not. */
function lookAtProducts(): Finding {
  const { exact, gigaflops } = measuredProduct()
  if (exact)
    return {
      state: 'good',
      text: `products of matrices: WebAssembly with fused vectors, ${gigaflops.toFixed(1)} GFlop/s a thread`,
    }
  return {
    state: 'missing',
    text: 'products of matrices are wrong on this machine',
    wayOut: 'Report this with the output of `node -p process.versions`.',
  }
}

function lookAtPanels(): Finding {
  const media = join(entryPath('scheduler'), '..', 'media', 'page.js')
  if (!entryPath('scheduler').endsWith('.js') || existsSync(media))
    return { state: 'good', text: 'the dashboard' }
  return {
    state: 'missing',
    text: 'the dashboard is not built',
    wayOut: 'Install heddle again, or run `npm run build` in its checkout.',
  }
}

/** A cluster needs a folder of its own and a unix socket in it. */
async function lookAtRunFolder(): Promise<Finding> {
  const name = `d-${process.pid}`
  try {
    const folder = createRunFolder(name)
    await listenOnce(join(folder, 'doctor.sock'))
    return { state: 'good', text: `folders and sockets of clusters in ${runFolderParent()}` }
  } catch (error) {
    return {
      state: 'missing',
      text: `clusters cannot run in ${runFolderParent()}: ${(error as Error).message}`,
      wayOut: 'Set XDG_RUNTIME_DIR to a folder of yours with a short path.',
    }
  } finally {
    removeRunFolder(name)
  }
}

function listenOnce(path: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(path, () => server.close(() => resolve()))
  }).then(() => rmSync(path, { force: true }))
}

function lookAtClusters(): Finding {
  const ids = findClusters().map(({ address }) => address.id)
  return {
    state: 'good',
    text: `${plural(ids.length, 'cluster')} of yours running here${ids.length > 0 ? `: ${ids.join(', ')}` : ''}`,
  }
}

function lookAtGpus(): Promise<Finding> {
  return new Promise((resolve) => {
    execFile(
      'nvidia-smi',
      ['--query-gpu=name', '--format=csv,noheader'],
      { timeout: 10_000 },
      (error, stdout) => {
        const names = error ? [] : stdout.trim().split('\n').filter(Boolean)
        resolve(
          names.length > 0
            ? { state: 'good', text: `${plural(names.length, 'GPU')}: ${names.join(', ')}` }
            : { state: 'note', text: 'no GPU that nvidia-smi knows: tasks run on the processor' },
        )
      },
    )
  })
}

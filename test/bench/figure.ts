// A measured figure, and how it stands beside the peer's and beside the kept baseline. Pure.

/** What a bench measured: the median of one run. */
export interface Figure {
  bench: string
  figure: string
  /** Units of work per second end in `/s` and are better when higher; times and sizes are better when lower. */
  unit: string
  value: number
}

/** The peer's figure for the same work: Dask's cluster, or its threaded scheduler where it has one for it; scikit-learn. */
export interface PeerFigure {
  bench: string
  figure: string
  peer: 'dask' | 'dask threads' | 'scikit-learn'
  value: number
}

/** One line of the result: what `--json` writes. `ratio` is above 1 where we are better than the peer. */
export interface ComparedFigure extends Figure {
  peer: string | null
  peerValue: number | null
  ratio: number | null
  threadsValue: number | null
  threadsRatio: number | null
  /** This run's ratio to the peer by the baseline's (without a peer: the value's own), above 1 where it got better. */
  againstBaseline: number | null
}

const higherIsBetter = (unit: string): boolean => unit.endsWith('/s')

/**
 * How many times better `ours` is than `theirs`.
 * @example advantage('tasks/s', 300, 100) // 3
 * @example advantage('ms', 2, 10) // 5
 */
export function advantage(unit: string, ours: number, theirs: number): number {
  return higherIsBetter(unit) ? ours / theirs : theirs / ours
}

/** Sets figures beside the peer's and the baseline's of the same bench and name. */
export function compare(
  figures: readonly Figure[],
  peers: readonly PeerFigure[],
  baseline: readonly ComparedFigure[],
): ComparedFigure[] {
  return figures.map((ours) => {
    const same = (other: { bench: string; figure: string }): boolean =>
      other.bench === ours.bench && other.figure === ours.figure
    const cluster = peers.find((each) => same(each) && each.peer !== 'dask threads')
    const threads = peers.find((each) => same(each) && each.peer === 'dask threads')
    const before = baseline.find(same)
    const ratio = cluster ? advantage(ours.unit, ours.value, cluster.value) : null
    return {
      bench: ours.bench,
      figure: ours.figure,
      unit: ours.unit,
      value: ours.value,
      peer: cluster?.peer ?? null,
      peerValue: cluster?.value ?? null,
      ratio,
      threadsValue: threads?.value ?? null,
      threadsRatio: threads ? advantage(ours.unit, ours.value, threads.value) : null,
      againstBaseline: againstBaseline(ours, ratio, before),
    }
  })
}

function againstBaseline(
  ours: Figure,
  ratio: number | null,
  before: ComparedFigure | undefined,
): number | null {
  if (!before) return null
  if (ratio !== null && before.ratio !== null) return ratio / before.ratio
  return advantage(ours.unit, ours.value, before.value)
}

/** A number with three significant digits and thousands separated, e.g. `312,000`, `0.0421`. */
export function readable(value: number | null): string {
  if (value === null) return '–'
  if (Math.abs(value) >= 1000) return Number(value.toPrecision(3)).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

/** The table that a person reads. */
export function tableOf(figures: readonly ComparedFigure[]): string {
  const times = (ratio: number | null): string => (ratio === null ? '–' : `${readable(ratio)}x`)
  const head = [
    'bench',
    'figure',
    'unit',
    'heddle',
    'peer',
    'ahead',
    'dask threads',
    'ahead',
    'since baseline',
  ]
  const rows = figures.map((each) => [
    each.bench,
    each.figure,
    each.unit,
    readable(each.value),
    readable(each.peerValue),
    times(each.ratio),
    readable(each.threadsValue),
    times(each.threadsRatio),
    times(each.againstBaseline),
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)))
  const line = (cells: string[]): string =>
    cells.map((cell, i) => (i < 3 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

/** The middle value; the mean of the two middle ones where there is an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

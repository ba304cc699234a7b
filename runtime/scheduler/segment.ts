// What one graph brought: its tasks' dependencies, dependents, callables and arguments, kept until its last task is gone.

/** Places count the graph's new tasks in the order in which they should run; a place may be empty (a key given twice). */
export interface Segment {
  /** The scheduler's own number for the graph; grows with time. */
  serial: number
  /** The client that sent it and that client's number for it: where progress is reported; −1 when it has left. */
  client: number
  graph: number
  /** Rank of place 0: older graphs run first. */
  rankBase: number
  /** Rows that still exist. */
  alive: number
  places: number
  /** `dependencies[dependencyOffsets[p] … dependencyOffsets[p + 1]]`: a row of this segment, or −1 − its cross edge. */
  dependencyOffsets: Uint32Array
  dependencies: Int32Array
  /** Beside each dependency the part of its value that is taken, −1 for all of it; empty where no task takes a part. */
  dependencyParts: Int32Array
  /** Rows of this segment that depend on the place. A row that is gone may stand there: it is of another segment then. */
  dependentOffsets: Uint32Array
  dependents: Int32Array
  /** Per place: index into `callables`; empty where the segment has only one. */
  callable: Uint16Array
  /** The scheduler's numbers of the graph's callables. */
  callables: number[]
  args: Uint8Array
  argOffsets: Uint32Array
  /** Data of a client's own: nobody can compute it again. */
  scattered: boolean
  /** Some option set has a time limit. */
  timeouts: boolean
  createdMs: number
  progress: SegmentProgress
}

/** What a graph's client is told while it runs. A task is done when it is neither pending nor erred: released ones are. */
export interface SegmentProgress {
  total: number
  pending: number
  running: number
  erred: number
  toldFinished: number
  toldMs: number
  /** Counts changed since the client was told. */
  moving: boolean
}

export const NO_OFFSETS = new Uint32Array(0)
export const NO_ROWS = new Int32Array(0)

/** Bytes of a segment's arrays. */
export function segmentBytes(segment: Segment): number {
  return (
    segment.dependencyOffsets.byteLength +
    segment.dependencies.byteLength +
    segment.dependencyParts.byteLength +
    segment.dependentOffsets.byteLength +
    segment.dependents.byteLength +
    segment.callable.byteLength +
    segment.args.byteLength +
    segment.argOffsets.byteLength
  )
}

// Memory limits and what follows from them, as in Dask: 60 % and 70 % spill, 80 % pauses, 95 % ends the process.

export interface MemoryLimits {
  limitBytes: number
  /** Held values above this share of the limit are spilled, least recently used first. */
  targetShare: number
  /** The whole process above this share spills too, whatever the books say. */
  spillShare: number
  /** The whole process above this share starts nothing new. */
  pauseShare: number
  /** The whole process above this share is ended by its supervisor, and its runs run again. */
  terminateShare: number
}

export function memoryLimits(limitBytes: number, shares: Partial<MemoryLimits> = {}): MemoryLimits {
  return {
    targetShare: 0.6,
    spillShare: 0.7,
    pauseShare: 0.8,
    terminateShare: 0.95,
    ...shares,
    limitBytes,
  }
}

export interface MemoryState {
  /** Bytes of values that the books hold in memory. */
  managedBytes: number
  /** Those of them that are being written to disk already. */
  leavingBytes: number
  /** The whole process as the operating system counts it. */
  rssBytes: number
  /** What the process is expected to need beside held values: its own size, and what runs take while they run. */
  expectedBytes: number
}

/**
 * How many bytes of held values should start on their way to disk now.
 * @example bytesToSpill({ managedBytes: 80, leavingBytes: 5, rssBytes: 0, expectedBytes: 0 }, memoryLimits(100)) // 15: down to 60
 */
export function bytesToSpill(state: MemoryState, limits: MemoryLimits): number {
  const { limitBytes, targetShare, spillShare, pauseShare } = limits
  const overTarget = state.managedBytes - targetShare * limitBytes
  const overMeasured =
    state.rssBytes > spillShare * limitBytes ? state.rssBytes - targetShare * limitBytes : 0
  // Memory that is nobody's value cannot be spilled: the books bound what can leave.
  const overExpected = state.managedBytes + state.expectedBytes - pauseShare * limitBytes
  const wanted = Math.min(state.managedBytes, Math.max(overTarget, overMeasured, overExpected))
  return Math.max(0, wanted - state.leavingBytes)
}

/** Whether to start nothing new. It resumes a little below where it paused, so that it does not flutter. */
export function shouldPause(rssBytes: number, limits: MemoryLimits, paused: boolean): boolean {
  const share = paused ? limits.pauseShare - 0.02 : limits.pauseShare
  return rssBytes > share * limits.limitBytes
}

/**
 * Whether to hold new runs back until something has left memory. It follows the books, so it needs no measurement and
 * comes before a fast producer can fill the memory between two of them.
 * @param countedBytes values in memory, and memory that they left and that cannot be used again yet
 * @param otherBytes what the process was last measured to use beside those
 */
export function shouldHold(countedBytes: number, otherBytes: number, limits: MemoryLimits): boolean {
  return countedBytes > 0 && countedBytes + otherBytes > limits.pauseShare * limits.limitBytes
}

/** At most this many bytes may be on their way from other workers. */
export function fetchBytesMax(limits: MemoryLimits): number {
  return Math.max(16e6, 0.1 * limits.limitBytes)
}

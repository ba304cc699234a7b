// The time that messages carry: epoch milliseconds with fractions, never going back within a process.

export const epochMs = (): number => performance.timeOrigin + performance.now()

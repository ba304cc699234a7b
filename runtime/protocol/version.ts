// The protocol's version: both ends of every connection say theirs first, and a different one is refused.

/** Raised whenever a message changes its meaning or its columns. */
export const PROTOCOL_VERSION = 3

/** Says which end is older and what to do, or nothing when both ends speak the same version. */
export function refusalOfVersion(theirs: number, ours: number = PROTOCOL_VERSION): string | undefined {
  if (theirs === ours) return undefined
  const older = theirs < ours ? 'the connecting side' : 'the scheduler'
  return (
    `heddle protocol ${theirs} cannot talk to protocol ${ours}: ${older} is older. ` +
    'Use the same version of heddle on both sides, then restart the cluster.'
  )
}

/** The version of heddle that this code is, as in its package.json: told in every hello, for people to read. */
export const HEDDLE_VERSION = '0.1.0'

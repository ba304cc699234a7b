// Rows as numbers of bins, four features side by side: one load of 32 bits gives a row's bins of four features.

/** Rows as numbers of bins. */
export interface BinnedBlock {
  rows: number
  features: number
  /** One group of four features behind the other: in each, four bytes a row. The last group may have bytes without a feature. */
  bytes: Uint8Array
}

/** Features that stand side by side. */
export const GROUP = 4

export const groupsOf = (features: number): number => Math.ceil(features / GROUP)

/** How many bytes the bins of so many rows take. */
export const binnedBytes = (rows: number, features: number): number => groupsOf(features) * GROUP * rows

/** Where the bins of a feature begin; the next row's is `GROUP` bytes further. */
export const placeOfFeature = (rows: number, feature: number): number =>
  Math.floor(feature / GROUP) * GROUP * rows + (feature % GROUP)

/** Whether there is nothing to sum up. */
export const isEmpty = ({ rows, features }: BinnedBlock): boolean => rows === 0 || features === 0

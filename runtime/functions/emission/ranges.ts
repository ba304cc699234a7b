// Whether a node lies inside one of some parts of a text, found by halving: files of 50,000 lines have as many parts.

export interface TextRange {
  start: number
  end: number
}

/** Tells whether a node lies inside one of `ranges`, which do not overlap and stand in the order of the text. */
export function insideAny(ranges: readonly TextRange[]): (node: TextRange) => boolean {
  return ({ start, end }) => {
    let low = 0
    let high = ranges.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (ranges[middle].start <= start) low = middle + 1
      else high = middle
    }
    return low > 0 && end <= ranges[low - 1].end
  }
}

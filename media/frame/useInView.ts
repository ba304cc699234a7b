// Whether an element is in view or close to it: of hundreds of rows or cards only those that are seen are drawn.

import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

/** So far beyond the edge is drawn ahead, in the page and in what scrolls inside of it; inside an editor's panel nothing is. */
const AHEAD = '400px 0px'
const MARGINS: IntersectionObserverInit & { scrollMargin: string } = {
  rootMargin: AHEAD,
  scrollMargin: AHEAD,
}

export interface InView<Seen extends Element> {
  ref: RefObject<Seen | null>
  inView: boolean
  /** How high it was when it was last drawn: what stands in its place is as high, so that nothing jumps. */
  heightPx: number
}

/**
 * @param first whether it is drawn at once, before it is known where it stands
 * @param guessPx how high it is taken to be before it was drawn
 * @param isOneOfFew it is drawn wherever it stands: the page's own search finds it, too
 */
export function useInView<Seen extends Element>(
  first: boolean,
  guessPx: number,
  isOneOfFew: boolean,
): InView<Seen> {
  const ref = useRef<Seen>(null)
  const [seen, setSeen] = useState({ inView: first, heightPx: guessPx })
  useEffect(() => {
    if (isOneOfFew) return undefined
    const observer = new IntersectionObserver((entries) => {
      const { isIntersecting, boundingClientRect } = entries[entries.length - 1]
      setSeen((before) =>
        before.inView === isIntersecting
          ? before
          : { inView: isIntersecting, heightPx: before.inView ? boundingClientRect.height : before.heightPx },
      )
    }, MARGINS)
    observer.observe(ref.current!)
    return () => observer.disconnect()
  }, [isOneOfFew])
  return { ref, ...seen, inView: isOneOfFew || seen.inView }
}

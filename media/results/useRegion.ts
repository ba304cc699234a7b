// Fetches the part of a large array that is looked at, once somebody rests there.

import { useEffect, useRef, useState } from 'preact/hooks'
import type { Region, RegionRequest } from '../../runtime/protocol/regions.ts'

/** While somebody zooms on, or draws a slider along, nothing is asked for. */
const REST_MS = 120

export interface FetchedRegion {
  /** What came last, which may be of an older view. */
  last: { request: RegionRequest; region: Region } | undefined
  /** What is looked at now is on its way. */
  busy: boolean
  /** Why it cannot be had. */
  refused: string | undefined
}

/** @param wanted nothing where all of it is here */
export function useRegion(
  ask: ((request: RegionRequest) => Promise<Region>) | undefined,
  wanted: RegionRequest | undefined,
): FetchedRegion {
  const [last, setLast] = useState<FetchedRegion['last']>()
  const [refused, setRefused] = useState<{ key: string; text: string }>()
  const key = wanted && JSON.stringify(wanted)
  const now = useRef(key)
  now.current = key
  const isThere = last !== undefined && JSON.stringify(last.request) === key
  useEffect(() => {
    if (!ask || !wanted || !key || isThere) return
    let isOver = false
    const timer = setTimeout(() => {
      ask(wanted).then(
        (region) => {
          // What came late is older than what is here.
          if (now.current === key) setLast({ request: wanted, region })
        },
        (error: Error) => {
          if (!isOver) setRefused({ key, text: error.message })
        },
      )
    }, REST_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [key])
  const why = refused?.key === key ? refused?.text : undefined
  return { last, busy: Boolean(ask && wanted) && !isThere && why === undefined, refused: why }
}

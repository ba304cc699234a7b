// Opens the feed that the page's own head names.

import type { Surroundings } from './surroundings.ts'
import { openVscodeFeed } from './vscodeFeed.ts'
import { openWebSocketFeed } from './webSocketFeed.ts'

/** @throws {Error} when the page was not written by `page()` */
export function openFeed(panel: string): Surroundings {
  const content = document.querySelector<HTMLMetaElement>('meta[name="heddle-feed"]')?.content
  if (content === 'vscode') return openVscodeFeed(panel)
  if (content?.startsWith('webSocket ')) return openWebSocketFeed(panel, content.slice('webSocket '.length))
  throw new Error('this page names no feed: it must be written by page() of media/page.ts')
}

// Texts as Arrow's views have them: within the view, at its end, and beyond it.

export const VIEWED_TEXTS = [
  '',
  'a',
  'ä',
  '日本',
  '😀',
  'twelve bytes',
  'thirteen byte',
  'thirteen bytf',
  'a text that is longer than its view 😀',
]

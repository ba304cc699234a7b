// A small button that shows a drawn sign and says in words what it does.

import type { JSX } from 'preact'

const SIGNS = {
  zoomIn: 'M8 3v10M3 8h10',
  zoomOut: 'M3 8h10',
  fit: 'M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4',
  live: 'M4 3l9 5-9 5z',
  open: 'M6 3H3v10h10v-3M9 3h4v4M13 3L7 9',
  unfold: 'M3 6l5 5 5-5',
  fold: 'M3 10l5-5 5 5',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M6 6h7v7H6zM3 10V3h7',
  save: 'M8 2v8M4.5 7L8 10.5 11.5 7M3 13.5h10',
} as const

export type Sign = keyof typeof SIGNS

interface IconButtonProps {
  sign: Sign
  label: string
  pressed?: boolean
  showLabel?: boolean
  onClick(): void
}

export function IconButton({ sign, label, pressed, showLabel, onClick }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`icon-button${pressed ? ' pressed' : ''}`}
      title={label}
      aria-label={showLabel ? undefined : label}
      aria-pressed={pressed}
      onClick={onClick}
    >
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path d={SIGNS[sign]} />
      </svg>
      {showLabel && <span>{label}</span>}
    </button>
  )
}

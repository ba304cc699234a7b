// The elements of vscode-elements that panels use, loaded and made known to JSX.

import '@vscode-elements/elements/dist/vscode-badge/index.js'
import '@vscode-elements/elements/dist/vscode-button/index.js'
import '@vscode-elements/elements/dist/vscode-option/index.js'
import '@vscode-elements/elements/dist/vscode-single-select/index.js'
import '@vscode-elements/elements/dist/vscode-textfield/index.js'
import type { HTMLAttributes } from 'preact'

interface ButtonAttributes extends HTMLAttributes<HTMLElement> {
  secondary?: boolean
  disabled?: boolean
}
interface OptionAttributes extends HTMLAttributes<HTMLElement> {
  value?: string
  selected?: boolean
}
interface SelectAttributes extends HTMLAttributes<HTMLElement> {
  label?: string
  value?: string
}
interface TextfieldAttributes extends HTMLAttributes<HTMLElement> {
  value?: string
  label?: string
  placeholder?: string
  type?: string
}
interface BadgeAttributes extends HTMLAttributes<HTMLElement> {
  variant?: string
}

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-badge': BadgeAttributes
      'vscode-button': ButtonAttributes
      'vscode-option': OptionAttributes
      'vscode-single-select': SelectAttributes
      'vscode-textfield': TextfieldAttributes
    }
  }
}

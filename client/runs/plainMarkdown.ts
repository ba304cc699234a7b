// A text as Markdown that shows it as it is. Pure.

/**
 * VS Code's own `appendText` makes every space one that does not break, so that a long line leaves its hover.
 * @returns Markdown that shows the text, code of users among it, with its lines as lines
 * @example plainMarkdown('a * b\n<c>') // 'a \\* b  \n\\<c\\>'
 */
export function plainMarkdown(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&').replaceAll('\n', '  \n')
}

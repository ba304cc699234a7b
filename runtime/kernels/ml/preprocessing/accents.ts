// Texts without accents, as scikit-learn's strip_accents: letters are taken apart, and marks left out.

/** Marks that stand over, under or within a letter: of a combining class other than 0. */
const combining = new Map<string, boolean>()

/**
 * Whether a mark has a combining class other than 0, as `unicodedata.combining` says. JavaScript does not tell classes, but orders
 * marks by them: behind one of the highest class (U+0345) or before one of the lowest (U+0334) such a mark changes places.
 */
function isCombining(mark: string): boolean {
  let known = combining.get(mark)
  if (known === undefined) {
    const behind = `\u0345${mark}`
    const before = `${mark}\u0334`
    known = behind.normalize('NFD') !== behind || before.normalize('NFD') !== before
    combining.set(mark, known)
  }
  return known
}

/**
 * A text whose letters have no accents.
 * @param how `'unicode'` leaves other letters as they are; `'ascii'` leaves out whatever is none of ASCII's
 * @example withoutAccents('Ångström ø', 'unicode') // 'Angstrom ø'
 * @example withoutAccents('Ångström ø', 'ascii') // 'Angstrom '
 */
export function withoutAccents(text: string, how: 'ascii' | 'unicode'): string {
  const apart = text.normalize('NFKD')
  if (how === 'ascii') return apart.replace(/\P{ASCII}/gu, '')
  return apart.replace(/\p{M}/gu, (mark) => (isCombining(mark) ? '' : mark))
}

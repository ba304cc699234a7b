// One of several modules that a path chooses from.

export const hello = 'hallo'

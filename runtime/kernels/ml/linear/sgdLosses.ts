// Losses of stochastic gradient descent, with scikit-learn's definitions: of classes, which are −1 and 1, and of numbers.

export type SgdClassLoss = 'hinge' | 'squaredHinge' | 'perceptron' | 'logLoss' | 'modifiedHuber'
export type SgdNumberLoss = 'squaredError' | 'huber' | 'epsilonInsensitive' | 'squaredEpsilonInsensitive'
export type SgdLoss = SgdClassLoss | SgdNumberLoss

/** From here on the logistic loss is what its exponential is, as scikit-learn rounds it: first steps are long, and tell. */
const FAR = 18

/** The loss of a score. */
export function sgdLoss(loss: SgdLoss, epsilon: number, p: number, y: number): number {
  const z = p * y
  const apart = Math.abs(y - p)
  switch (loss) {
    case 'hinge':
      return Math.max(0, 1 - z)
    case 'squaredHinge':
      return Math.max(0, 1 - z) ** 2
    case 'perceptron':
      return Math.max(0, -z)
    case 'logLoss':
      return z > FAR ? Math.exp(-z) : z < -FAR ? -z : Math.log(1 + Math.exp(-z))
    case 'modifiedHuber':
      return z >= 1 ? 0 : z >= -1 ? (1 - z) ** 2 : -4 * z
    case 'squaredError':
      return (p - y) ** 2 / 2
    case 'huber':
      return apart <= epsilon ? apart ** 2 / 2 : epsilon * apart - epsilon ** 2 / 2
    case 'epsilonInsensitive':
      return Math.max(0, apart - epsilon)
    case 'squaredEpsilonInsensitive':
      return Math.max(0, apart - epsilon) ** 2
  }
}

/** Its slope by the score. */
export function sgdSlope(loss: SgdLoss, epsilon: number, p: number, y: number): number {
  const z = p * y
  const apart = p - y
  switch (loss) {
    case 'hinge':
      return z <= 1 ? -y : 0
    case 'squaredHinge':
      return z < 1 ? -2 * y * (1 - z) : 0
    case 'perceptron':
      return z <= 0 ? -y : 0
    case 'logLoss':
      return z > FAR ? -y * Math.exp(-z) : z < -FAR ? -y : -y / (Math.exp(z) + 1)
    case 'modifiedHuber':
      return z >= 1 ? 0 : z >= -1 ? -2 * y * (1 - z) : -4 * y
    case 'squaredError':
      return apart
    case 'huber':
      return Math.max(-epsilon, Math.min(epsilon, apart))
    case 'epsilonInsensitive':
      return apart > epsilon ? 1 : apart < -epsilon ? -1 : 0
    case 'squaredEpsilonInsensitive':
      return apart > epsilon ? 2 * (apart - epsilon) : apart < -epsilon ? 2 * (apart + epsilon) : 0
  }
}

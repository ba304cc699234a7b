// Gives the nodes of ordered layers their places: layers side by side, nodes as near to their dependencies as order lets them.

/** Neighbours in one direction: those of node n are `to[from[n] … from[n + 1]]`. */
export interface Neighbours {
  from: Uint32Array
  to: Uint32Array
}

export interface PlaceRequest {
  widths: ArrayLike<number>
  heights: ArrayLike<number>
  /** Between layers, and between the nodes of one. */
  layerGap: number
  nodeGap: number
  /** A layer of more nodes is folded into several columns. Default: never. */
  rowsMax?: number
}

/** The left upper corner of each node, the smallest x and y being 0, and the size of all. */
export interface Places {
  x: Float64Array
  y: Float64Array
  width: number
  height: number
}

export interface OrderedLayers {
  layer: Uint32Array
  /** Nodes in order; those of layer l are `members[start[l] … start[l + 1]]`. */
  members: Uint32Array
  start: Uint32Array
  before: Neighbours
}

export function placeLayers(request: PlaceRequest, layers: OrderedLayers): Places {
  const { layerGap, rowsMax = Number.POSITIVE_INFINITY } = request
  const { members, start } = layers
  const places: Places = {
    x: new Float64Array(members.length),
    y: new Float64Array(members.length),
    width: 0,
    height: 0,
  }
  let left = 0
  for (let l = 0; l + 1 < start.length; l++) {
    const column = members.subarray(start[l], start[l + 1])
    const columns = Math.ceil(column.length / rowsMax)
    const width =
      columns > 1
        ? placeFolded(request, places, column, left, columns)
        : placeColumn(request, places, layers, column, left)
    left += width + layerGap
  }
  places.width = Math.max(0, left - layerGap)
  settleHeight(request, places)
  return places
}

/** One column: each node wants the mean middle of its dependencies; order and gaps come first. */
function placeColumn(
  { widths, heights, nodeGap }: PlaceRequest,
  { x, y }: Places,
  { layer, before }: OrderedLayers,
  column: Uint32Array,
  left: number,
): number {
  let widest = 0
  for (const node of column) if (widths[node] > widest) widest = widths[node]
  let floor = Number.NEGATIVE_INFINITY
  let pushed = 0
  for (const node of column) {
    let sum = 0
    let degree = 0
    for (let k = before.from[node]; k < before.from[node + 1]; k++) {
      const dependency = before.to[k]
      if (layer[dependency] >= layer[node]) continue // An edge that closes a cycle: its end has no place yet.
      sum += y[dependency] + heights[dependency] / 2
      degree++
    }
    const wanted =
      degree > 0 ? sum / degree - heights[node] / 2 : floor === Number.NEGATIVE_INFINITY ? 0 : floor
    y[node] = Math.max(floor, wanted)
    pushed += y[node] - wanted
    floor = y[node] + heights[node] + nodeGap
    x[node] = left + (widest - widths[node]) / 2
  }
  // Pushing only ever moves nodes down. The mean push is given back, so that a column stands around its dependencies;
  // the first column, which has none, stands around 0.
  const [first, last] = [column[0], column[column.length - 1]]
  const shift =
    layer[first] === 0 ? (y[last] + heights[last] + y[first]) / 2 : pushed / Math.max(1, column.length)
  for (const node of column) y[node] -= shift
  return widest
}

/** Several columns of equally many rows, around 0. */
function placeFolded(
  { widths, heights, nodeGap }: PlaceRequest,
  { x, y }: Places,
  column: Uint32Array,
  left: number,
  columns: number,
): number {
  let tallest = 0
  let widest = 0
  for (const node of column) {
    if (heights[node] > tallest) tallest = heights[node]
    if (widths[node] > widest) widest = widths[node]
  }
  const rows = Math.ceil(column.length / columns)
  const height = rows * (tallest + nodeGap) - nodeGap
  for (let i = 0; i < column.length; i++) {
    x[column[i]] = left + Math.floor(i / rows) * (widest + nodeGap)
    y[column[i]] = (i % rows) * (tallest + nodeGap) - height / 2
  }
  return columns * (widest + nodeGap) - nodeGap
}

/** Moves all so that the uppermost node stands at 0. */
function settleHeight({ heights }: PlaceRequest, places: Places): void {
  const { y } = places
  if (y.length === 0) return
  let top = Number.POSITIVE_INFINITY
  let bottom = Number.NEGATIVE_INFINITY
  for (let node = 0; node < y.length; node++) {
    if (y[node] < top) top = y[node]
    if (y[node] + heights[node] > bottom) bottom = y[node] + heights[node]
  }
  for (let node = 0; node < y.length; node++) y[node] -= top
  places.height = bottom - top
}

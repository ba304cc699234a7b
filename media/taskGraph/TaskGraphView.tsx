// The task graph: groups as cards from left to right, unfolding into tasks; a list beside it says the same in words.

import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Canvas, type CanvasSize } from '../frame/Canvas.tsx'
import { ConnectionNotice } from '../frame/ConnectionNotice.tsx'
import { EmptyState, withoutCluster } from '../frame/EmptyState.tsx'
import { IconButton } from '../frame/IconButton.tsx'
import type { PanelProps } from '../frame/mountPanel.tsx'
import { openPlace } from '../frame/PlaceLink.tsx'
import { usePalette } from '../frame/palette.ts'
import { ProgressHeader, StateLegend } from '../progress/ProgressHeader.tsx'
import { currentComputations } from '../progress/progressRows.ts'
import { ComputationChoice } from './ComputationChoice.tsx'
import { drawGraph } from './draw.ts'
import { GraphTooltip } from './GraphTooltip.tsx'
import { GroupList } from './GroupList.tsx'
import { fold, requestsDue, type TaskGraph, unfold } from './reducer.ts'
import { boxTowards, type Hit, hitAt, sceneOf } from './scene.ts'
import { type GraphPointer, useGraphGestures } from './useGraphGestures.ts'
import {
  broughtIntoView,
  fittedViewport,
  toScene,
  type Viewport,
  viewportOn,
  zoomedViewport,
} from './viewport.ts'

export function TaskGraphView(props: PanelProps<TaskGraph>): JSX.Element {
  const { cluster, surroundings, connection } = props
  const empty = withoutCluster(connection, surroundings, cluster.info !== undefined)
  if (empty) return empty
  return (
    <div class="panel">
      <ConnectionNotice cluster={cluster} connection={connection} surroundings={surroundings} />
      <ProgressHeader cluster={cluster} />
      {cluster.groups.list.length === 0 ? (
        <EmptyState title="No tasks yet">
          Run an expression or a file: its groups of tasks appear here and colour in as they are done.
        </EmptyState>
      ) : (
        <Graph {...props} />
      )}
    </div>
  )
}

function Graph({ model, cluster, surroundings, version }: PanelProps<TaskGraph>): JSX.Element {
  const palette = usePalette()
  const { groups } = cluster
  /** −1: those that run, or the latest; −2: all. */
  const [choice, setChoice] = useState(-1)
  const [held, setHeld] = useState<Viewport>()
  const [size, setSize] = useState<CanvasSize>({ width: 0, height: 0 })
  const [selected, setSelected] = useState<Hit>()
  const [pointer, setPointer] = useState<GraphPointer>()
  const [, redraw] = useState(0)
  const computations =
    choice === -1 ? currentComputations(groups) : choice === -2 ? undefined : new Set([choice])
  const shown = computations ? [...computations].join() : 'all'
  /** The group that was unfolded last: shown large once its tasks are here. */
  const [awaited, setAwaited] = useState<number>()
  // Coarse, so that the graph does not turn with every pixel of a window that is being resized.
  const room = { width: Math.round(size.width / 80) * 80, height: Math.round(size.height / 80) * 80 }
  const scene = useMemo(
    () => sceneOf(groups, model.unfolded, room, computations),
    [groups.shape, model.shape, shown, cluster.info?.id, room.width, room.height],
  )
  // States of unfolded tasks change without a new layout: their boxes are given the latest columns.
  for (const box of scene.boxes) {
    const latest = box.tasks && model.unfolded.get(groups.list[box.place]?.group)
    if (box.tasks && latest) box.tasks.unfolded = latest
  }
  const viewport = held ?? fittedViewport(scene, size)
  useEffect(() => {
    setSelected(undefined)
    setHeld(undefined)
  }, [shown, cluster.info?.id])
  useEffect(() => {
    const box = scene.boxes.find(({ place, tasks }) => tasks && groups.list[place].group === awaited)
    if (!box || awaited === undefined || model.wishes.get(awaited)?.asked) return
    setAwaited(undefined)
    setHeld(viewportOn(box, size))
  }, [scene, awaited])
  useEffect(() => {
    for (const request of requestsDue(model, cluster.nowMs)) surroundings.request(request)
  }, [version])
  const toggle = (box: number): void => {
    const { group } = groups.list[scene.boxes[box].place]
    if (model.wishes.has(group)) {
      fold(model, group)
      setHeld(undefined)
    } else {
      unfold(model, group)
      setAwaited(group)
      for (const request of requestsDue(model, cluster.nowMs)) surroundings.request(request)
    }
    redraw((n) => n + 1)
  }
  const choose = (hit: Hit | undefined): void => {
    if (hit?.kind === 'twist') toggle(hit.box)
    else {
      setSelected(hit)
      if (hit) openPlace(surroundings, groups.list[scene.boxes[hit.box].place])
    }
  }
  const at = ({ offsetX, offsetY }: GraphPointer): Hit | undefined => {
    const { x, y } = toScene(viewport, offsetX, offsetY)
    return hitAt(scene, x, y)
  }
  const canvas = useGraphGestures({
    viewport,
    setViewport: setHeld,
    onPoint: setPointer,
    onClick: (point) => choose(at(point)),
  })
  const hovered = pointer && at(pointer)
  const zoom = (factor: number): void =>
    setHeld(zoomedViewport(viewport, factor, size.width / 2, size.height / 2))
  const select = (box: number): void => {
    setSelected({ kind: 'group', box })
    setHeld(broughtIntoView(viewport, scene.boxes[box], size))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = boxTowards(scene, selected?.box ?? -1, event.key)
    if (next >= 0) select(next)
    else if (event.key === 'Enter' && selected) choose(selected)
    else if (event.key === ' ' && selected) toggle(selected.box)
    else if (event.key === '+' || event.key === '=') zoom(1.4)
    else if (event.key === '-') zoom(1 / 1.4)
    else if (event.key === '0') setHeld(undefined)
    else if (event.key === 'Escape') setSelected(undefined)
    else return
    event.preventDefault()
  }
  return (
    <>
      <div class="toolbar" role="toolbar" aria-label="View of the graph">
        <ComputationChoice groups={groups} choice={choice} onChoice={setChoice} />
        <IconButton sign="zoomIn" label="Zoom in (+)" onClick={() => zoom(1.4)} />
        <IconButton sign="zoomOut" label="Zoom out (−)" onClick={() => zoom(1 / 1.4)} />
        <IconButton
          sign="fit"
          label="Fit all (0)"
          pressed={held === undefined}
          onClick={() => setHeld(undefined)}
        />
        <span class="spring" />
        <StateLegend />
      </div>
      <div class="graph-area">
        <div
          class="graph-canvas"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a canvas with keys of its own must be focusable.
          tabIndex={0}
          role="application"
          aria-label="Task graph. Arrow keys choose a group, Enter opens its source, Space shows its tasks, plus and minus zoom, 0 fits all."
          onKeyDown={onKeyDown}
        >
          <Canvas
            role="img"
            aria-label={`${scene.boxes.length} groups of tasks; the list beside says their names and counts`}
            class={hovered ? 'pointing' : ''}
            canvasRef={canvas}
            onSize={setSize}
            draw={(context, canvasSize) =>
              drawGraph(context, canvasSize, { scene, groups, viewport, palette, selected, hovered })
            }
          />
        </div>
        <GroupList
          model={model}
          scene={scene}
          cluster={cluster}
          surroundings={surroundings}
          selected={selected}
          onSelect={select}
          onToggle={toggle}
          onMore={(group, limit) => {
            unfold(model, group, limit)
            setAwaited(group)
            redraw((n) => n + 1)
            for (const request of requestsDue(model, cluster.nowMs)) surroundings.request(request)
          }}
        />
      </div>
      {pointer && hovered && (
        <GraphTooltip x={pointer.x} y={pointer.y} hit={hovered} scene={scene} cluster={cluster} />
      )}
    </>
  )
}

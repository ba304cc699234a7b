// The task stream: what ran on each thread, when. Follows the newest runs until it is zoomed or moved.

import type { JSX } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { GroupColours } from '../cluster/groupColours.ts'
import { tallyOfAll } from '../cluster/groups.ts'
import { count, duration } from '../cluster/quantity.ts'
import { Canvas } from '../frame/Canvas.tsx'
import { ConnectionNotice } from '../frame/ConnectionNotice.tsx'
import { EmptyState, withoutCluster } from '../frame/EmptyState.tsx'
import { IconButton } from '../frame/IconButton.tsx'
import type { PanelProps } from '../frame/mountPanel.tsx'
import { openPlace } from '../frame/PlaceLink.tsx'
import { GROUP_COLOURS, usePalette } from '../frame/palette.ts'
import { ProgressHeader } from '../progress/ProgressHeader.tsx'
import { AXIS_HEIGHT, drawAxis, drawRuns, LABEL_WIDTH, type RunLayer } from './draw.ts'
import { useGestures } from './gestures.ts'
import { type PictureRequest, pictureOf, runAt, sharesOf } from './picture.ts'
import { RunTooltip } from './RunTooltip.tsx'
import type { TaskStream } from './reducer.ts'
import { rowsOf } from './rows.ts'
import { oldestMs } from './runs.ts'
import { StreamLegend } from './StreamLegend.tsx'
import { fitted, following, rangeOf, type TimeWindow, ticksOf, zoomed } from './timeWindow.ts'

const SPAN_MS = 10_000

export function TaskStreamView(props: PanelProps<TaskStream>): JSX.Element {
  const { model, cluster, surroundings, connection } = props
  const empty = withoutCluster(connection, surroundings, cluster.info !== undefined)
  if (empty) return empty
  return (
    <div class="panel">
      <ConnectionNotice cluster={cluster} connection={connection} surroundings={surroundings} />
      <ProgressHeader cluster={cluster} />
      {model.runs.length === 0 ? (
        <EmptyState
          title={
            tallyOfAll(cluster.groups).done > 0
              ? 'Nothing has run since this was opened'
              : 'Nothing has run yet'
          }
        >
          Run an expression or a file while this is open: every task appears here as a bar on the thread that
          ran it.
        </EmptyState>
      ) : (
        <Stream {...props} />
      )}
    </div>
  )
}

function Stream({ model, cluster, surroundings }: PanelProps<TaskStream>): JSX.Element {
  const palette = usePalette()
  const { runs, seen } = model
  const [window, setWindow] = useState<TimeWindow>(following(SPAN_MS))
  const [height, setHeight] = useState(300)
  const [width, setWidth] = useState(0)
  const [onlyGroup, setOnlyGroup] = useState<number>()
  const [pointer, setPointer] = useState<{ x: number; y: number; run: number }>()
  const scroller = useRef<HTMLDivElement>(null)
  const layer = useRef<RunLayer>({})
  const colours = useMemo(() => new GroupColours(GROUP_COLOURS), [cluster.info?.id])
  const rows = useMemo(() => rowsOf(seen, height), [model.shape, height])
  const nowMs = Math.max(runs.lastMs, cluster.nowMs)
  const { fromMs, toMs } = rangeOf(window, nowMs)
  const plotWidth = Math.max(1, width - LABEL_WIDTH)
  const request: PictureRequest = {
    fromMs,
    toMs,
    width: plotWidth,
    colourOf: (group) => colours.of(group, cluster.groups),
    ...(onlyGroup === undefined ? {} : { onlyGroup }),
  }
  const ticks = ticksOf(fromMs, toMs, runs.firstMs, plotWidth)
  // Read by people, so twice a second will do while it follows; at once when the window is moved.
  const shares = useMemo(() => sharesOf(runs, fromMs, toMs), [window, Math.floor(nowMs / 500), model.shape])
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setHeight(entry.contentRect.height))
    observer.observe(scroller.current!)
    return () => observer.disconnect()
  }, [])
  const hit = (x: number, y: number): number => runAt(runs, rows, request, x - LABEL_WIDTH, y)
  const gestures = useGestures({
    window,
    nowMs,
    setWindow,
    oldestMs: () => oldestMs(runs),
    share: (x) => Math.min(1, Math.max(0, (x - LABEL_WIDTH) / plotWidth)),
    scrolls: () => rows.height > height,
    onPoint: (point) => setPointer(point && { ...point, run: hit(point.offsetX, point.offsetY) }),
    onClick: (x, y) => {
      const run = hit(x, y)
      const place = run < 0 ? undefined : cluster.groups.placeOf.get(runs.group[run])
      if (place !== undefined) openPlace(surroundings, cluster.groups.list[place])
    },
  })
  const sampled = runs.counted > runs.received * 1.005
  return (
    <>
      <div class="toolbar" role="toolbar" aria-label="Time shown">
        <IconButton
          sign="live"
          label="Follow the newest"
          showLabel
          pressed={window.kind === 'following'}
          onClick={() => setWindow(following(window.spanMs))}
        />
        <IconButton
          sign="zoomIn"
          label="Zoom in (+)"
          onClick={() => setWindow(zoomed(window, nowMs, 0.6, 1))}
        />
        <IconButton
          sign="zoomOut"
          label="Zoom out (−)"
          onClick={() => setWindow(zoomed(window, nowMs, 1 / 0.6, 1))}
        />
        <IconButton
          sign="fit"
          label="Show all (0)"
          onClick={() => setWindow(fitted(oldestMs(runs), nowMs))}
        />
        <span class="muted">{duration(window.spanMs)} shown</span>
        <span class="spring" />
        {sampled && (
          <span
            class="muted"
            title="More tasks finish than can be told apart: a fair sample is drawn, the counts are exact."
          >
            A sample: {count(runs.received)} of {count(runs.counted)} runs
          </span>
        )}
      </div>
      <div class="stream-axis">
        <Canvas
          aria-hidden="true"
          fixedHeight={AXIS_HEIGHT}
          draw={(context, size) => drawAxis(context, size, ticks, palette)}
        />
      </div>
      <div
        class="stream-rows"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a canvas with keys of its own must be focusable.
        tabIndex={0}
        role="application"
        aria-label="Task stream. Arrow keys move in time, plus and minus zoom, 0 shows all, End follows."
        onKeyDown={gestures.onKeyDown}
      >
        <Canvas
          role="img"
          aria-label={`Runs of ${rows.list.length} rows; the table below says what ran`}
          fixedHeight={Math.max(rows.height + 2, height - 1)}
          canvasRef={gestures.canvas}
          onSize={(size) => setWidth(size.width)}
          draw={(context, size) =>
            drawRuns(context, size, rows, pictureOf(runs, rows, request), ticks, palette, layer.current)
          }
        />
      </div>
      <StreamLegend
        shares={shares}
        cluster={cluster}
        palette={palette}
        colourOf={request.colourOf}
        onlyGroup={onlyGroup}
        onOnly={setOnlyGroup}
      />
      {pointer && pointer.run >= 0 && (
        <RunTooltip x={pointer.x} y={pointer.y} run={pointer.run} runs={runs} seen={seen} cluster={cluster} />
      )}
    </>
  )
}

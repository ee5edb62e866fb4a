/**
 * The chart itself, drawn by uplot: what fired, stacked by severity, and below it what was sent. It comes on its own, so that
 * who only reads the list does not wait for it. Dragging over it, with a finger too, selects a range.
 */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { SeverityName } from '../../../../src/shapes/terms.ts';
import { axisTimes } from './axis-times.ts';
import type { ChartColumns } from './chart-data.ts';

export interface ChartColours extends Readonly<Record<SeverityName, string>> {
  readonly sent: string;
  readonly failed: string;
  readonly text: string;
  readonly grid: string;
}

export interface ChartPanes {
  readonly firing: HTMLElement;
  readonly notifications: HTMLElement;
}

export interface ChartListener {
  readonly onSelect: (fromMs: number, toMs: number) => void;
  /** The index of the step pointed at; undefined for none. */
  readonly onPoint: (index: number | undefined) => void;
}

export interface DrawnChart {
  readonly draw: (columns: ChartColumns, colours: ChartColours) => void;
  readonly destroy: () => void;
}

const AXIS_WIDTH_PX = 44;
/** A shorter drag is a tap. */
const SHORTEST_DRAG_PX = 8;

export function drawChart(panes: ChartPanes, listener: ChartListener): DrawnChart {
  let charts: uPlot[] = [];
  let drawnColours = '';
  const key = uPlot.sync('history');

  const build = (columns: ChartColumns, colours: ChartColours) => {
    for (const chart of charts) chart.destroy();
    const shared = sharedOptions(colours, key.key, listener);
    const firing = new uPlot(
      {
        ...shared,
        ...sizeOf(panes.firing),
        // The whole stack first, the lower parts over it.
        series: [{}, area(colours.other), area(colours.interesting), area(colours.important), area(colours.urgent)],
      },
      firingData(columns),
      panes.firing,
    );
    const notifications = new uPlot(
      {
        ...shared,
        ...sizeOf(panes.notifications),
        series: [{}, bars(colours.failed), bars(colours.sent)],
      },
      notificationData(columns),
      panes.notifications,
    );
    charts = [firing, notifications];
    for (const chart of charts) brush(chart, listener);
  };

  const watch = new ResizeObserver(() => {
    for (const chart of charts) {
      const size = sizeOf(chart.root.parentElement);
      if (size.width > 0 && (size.width !== chart.width || size.height !== chart.height)) chart.setSize(size);
    }
  });
  watch.observe(panes.firing);

  return {
    draw: (columns, colours) => {
      const colourText = JSON.stringify(colours);
      if (charts.length === 0 || colourText !== drawnColours) {
        drawnColours = colourText;
        build(columns, colours);
        return;
      }
      charts[0]?.setData(firingData(columns));
      charts[1]?.setData(notificationData(columns));
    },
    destroy: () => {
      watch.disconnect();
      for (const chart of charts) chart.destroy();
      charts = [];
    },
  };
}

function firingData({ seconds, stacked }: ChartColumns): uPlot.AlignedData {
  return [[...seconds], ...stacked.toReversed().map((column) => [...column])];
}

function notificationData({ seconds, attempts, sent }: ChartColumns): uPlot.AlignedData {
  return [[...seconds], attempts.map(orHole), sent.map(orHole)];
}

/** A bar of nothing would be drawn as a line on the ground. */
const orHole = (count: number) => (count === 0 ? null : count);

function sizeOf(pane: Element | null): { width: number; height: number } {
  return { width: Math.floor(pane?.clientWidth ?? 0), height: Math.floor(pane?.clientHeight ?? 0) };
}

function area(colour: string): uPlot.Series {
  return {
    stroke: colour,
    fill: colour,
    width: 0,
    points: { show: false },
    ...(uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
  };
}

function bars(colour: string): uPlot.Series {
  return {
    stroke: colour,
    fill: colour,
    width: 0,
    points: { show: false },
    ...(uPlot.paths.bars ? { paths: uPlot.paths.bars({ align: 1, size: [0.9, 40, 2] }) } : {}),
  };
}

function sharedOptions(colours: ChartColours, syncKey: string, listener: ChartListener) {
  const line = { stroke: colours.grid, width: 1 };
  return {
    legend: { show: false },
    cursor: {
      sync: { key: syncKey },
      drag: { x: false, y: false, setScale: false },
      points: { show: false },
      y: false,
    },
    scales: {
      x: { time: true },
      y: { range: (_: uPlot, _min: number | null, max: number | null): uPlot.Range.MinMax => [0, topOf(max ?? 0)] },
    },
    axes: [
      {
        stroke: colours.text,
        grid: line,
        ticks: { ...line, size: 5 },
        size: 30,
        space: 64,
        values: (_: uPlot, seconds: number[], _axis: number, _space: number, step: number) => axisTimes(seconds, step),
      },
      {
        stroke: colours.text,
        grid: line,
        ticks: { show: false },
        size: AXIS_WIDTH_PX,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000],
        space: 18,
      },
    ],
    hooks: {
      setCursor: [(chart: uPlot) => listener.onPoint(stepAt(chart))],
    },
  } satisfies Partial<uPlot.Options>;
}

/** A step begins at its point; the nearest point may be that of the next one. */
function stepAt(chart: uPlot): number | undefined {
  const { left } = chart.cursor;
  if (left === undefined || left < 0) return undefined;
  const second = chart.posToVal(left, 'x');
  const index = chart.data[0].findLastIndex((begins) => begins <= second);
  return index < 0 ? undefined : index;
}

/** Some air above the highest, and no line at the top of an empty chart. */
function topOf(max: number): number {
  return Math.max(4, Math.ceil(max * 1.1));
}

/** Up and down goes on to scroll the page. */
function brush(chart: uPlot, listener: ChartListener): void {
  const surface = chart.over;
  surface.style.touchAction = 'pan-y';
  let startPx: number | undefined;
  const at = (event: PointerEvent) => {
    const box = surface.getBoundingClientRect();
    return Math.min(box.width, Math.max(0, event.clientX - box.left));
  };
  const show = (endPx: number) => {
    const left = Math.min(startPx ?? endPx, endPx);
    const width = Math.abs(endPx - (startPx ?? endPx));
    chart.setSelect({ left, width, top: 0, height: surface.clientHeight }, false);
  };
  const stop = () => {
    startPx = undefined;
    chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  };
  surface.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    startPx = at(event);
    surface.setPointerCapture(event.pointerId);
  });
  surface.addEventListener('pointermove', (event) => {
    if (startPx !== undefined) show(at(event));
  });
  surface.addEventListener('pointercancel', stop);
  surface.addEventListener('pointerup', (event) => {
    if (startPx === undefined) return;
    const [fromPx, toPx] = [startPx, at(event)].toSorted((a, b) => a - b) as [number, number];
    stop();
    if (toPx - fromPx < SHORTEST_DRAG_PX) return;
    listener.onSelect(chart.posToVal(fromPx, 'x') * 1_000, chart.posToVal(toPx, 'x') * 1_000);
  });
}

/** Colours by what they stand for, dark and light. Of the three percentiles the higher stands out more from the ground. */
const LIGHT = {
  ground: '#ffffff',
  panel: '#f6f6f4',
  ink: '#1b1b1a',
  faint: '#66655f',
  grid: '#dededa',
  low: '#8dbbee',
  middle: '#2f7bd0',
  high: '#0b3a75',
  bad: '#b4281e',
};

const DARK: typeof LIGHT = {
  ground: '#161615',
  panel: '#20201f',
  ink: '#f1f0ec',
  faint: '#a9a8a1',
  grid: '#3a3a37',
  low: '#2a62ab',
  middle: '#5b9ce6',
  high: '#cfe3fb',
  bad: '#ff8478',
};

const properties = (colours: typeof LIGHT): string =>
  Object.entries(colours)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

/** The colours as custom properties of `selector`, following the reader's preference. */
export function colours(selector: string): string {
  return `${selector}{color-scheme:light dark;${properties(LIGHT)}}
@media (prefers-color-scheme:dark){${selector}{${properties(DARK)}}}`;
}

/** How what is in a plot looks. */
export const PLOT_STYLE = `svg.plot{background:var(--ground);font:12px system-ui,-apple-system,"Segoe UI",sans-serif}
.plot text{fill:var(--ink)}.plot text.faint{fill:var(--faint)}.plot text.bad{fill:var(--bad)}
.plot text.name{font-weight:600}.plot text.small{font-size:11px}
.plot .panel{fill:var(--panel)}.plot .grid{stroke:var(--grid);stroke-width:1;fill:none}
.plot .range{stroke:var(--grid);stroke-width:4;stroke-linecap:round}.plot .fair{stroke:var(--ink);stroke-width:1.5}
.plot .line{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}
.plot .low{fill:var(--low);stroke:var(--low)}.plot .middle{fill:var(--middle);stroke:var(--middle)}
.plot .high{fill:var(--high);stroke:var(--high)}.plot .bad{fill:var(--bad)}
.plot .line{fill:none}.plot .dot{stroke:var(--ground);stroke-width:1.5}.plot .bar{stroke:none}`;

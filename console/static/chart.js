// Draws the counts of a table over time. Each number is the table's; without scripts the table stands alone.
"use strict";
for (const figure of document.querySelectorAll("figure.chart")) {
  const table = document.getElementById(figure.dataset.from);
  const [days, ...lines] = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent));
  const seconds = rows.map((row) => Date.parse(`${row[0]}T00:00:00Z`) / 1000);
  const colour = (name) => getComputedStyle(figure).getPropertyValue(name);
  const day = (at) => new Date(at * 1000).toISOString().slice(0, 10);
  const drawn = lines.map((label, place) => ({
    label,
    // The sum is the first column: broad, and in the colour of the text.
    stroke: colour(place ? `--line-${place}` : "--ink"),
    width: place ? 1.5 : 2.5,
    dash: place > 4 ? [6, 3] : undefined,
    points: { show: seconds.length < 32 },
  }));
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
  // Of questions there is no half.
  const whole = [...Array(10).keys()].flatMap((zeros) => [1, 2, 5].map((first) => first * 10 ** zeros));
  const size = () => ({ width: figure.clientWidth, height: 320 });
  figure.hidden = false;
  const chart = new uPlot({
    ...size(),
    // A civil day has no zone here: its midnight is written as one of UTC, and read as one.
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"),
    series: [{ label: days, value: (_, at) => at === null ? "" : day(at) }, ...drawn],
    axes: [{ ...axis, values: (_, marks) => marks.map((at) => day(at).slice(seconds.length > 62 ? 0 : 5)), space: 90 }, { ...axis, size: 64, incrs: whole }],
    scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] } },
  }, [seconds, ...lines.map((_, place) => rows.map((row) => Number(row[place + 1])))], figure);
  new ResizeObserver(() => { if (figure.clientWidth !== chart.width) chart.setSize(size()); }).observe(figure);
}

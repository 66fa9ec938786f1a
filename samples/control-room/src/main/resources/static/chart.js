'use strict';

// Draws how many tasks were stopped in each second of the last minute.
let chart = null;
let drawn = '';
function drawChart() {
  const data = document.querySelector('#stops-per-second data');
  if (!data || data.value === drawn) {
    return;
  }
  drawn = data.value;
  const values = drawn.split(' ').map(Number);
  const seconds = values.map((value, index) => index + 1 - values.length);
  if (chart) {
    chart.setData([seconds, values]);
    return;
  }
  const box = document.getElementById('chart');
  const colour = name => () => getComputedStyle(document.body).getPropertyValue(name);
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { font, stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
  const size = () => ({ width: box.clientWidth, height: 130 });
  chart = new uPlot({
    ...size(),
    cursor: { show: false },
    legend: { show: false },
    scales: { x: { time: false, range: [-60, 0.6] }, y: { range: (plot, min, max) => [0, Math.max(5, max * 1.1)] } },
    axes: [
      { ...axis, size: 30, grid: { show: false }, values: (plot, ticks) => ticks.map(tick => tick === 0 ? 'now' : `${tick} s`) },
      { ...axis, size: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
    ],
    series: [{}, { fill: colour('--accent'), width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.8] }) }],
  }, [seconds, values], box);
  new ResizeObserver(() => chart.setSize(size())).observe(box);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw());
}

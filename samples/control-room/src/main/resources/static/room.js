'use strict';

const byId = id => document.getElementById(id);
const picks = () => [...document.querySelectorAll('#rows input[type=checkbox]')];

function countSelected() {
  const all = picks();
  const selected = all.filter(pick => pick.checked).length;
  byId('selected').textContent = selected;
  byId('stop-selected').disabled = selected === 0;
  byId('pick-all').checked = selected > 0 && selected === all.length;
  byId('pick-all').indeterminate = selected > 0 && selected < all.length;
}

function selectAll(checked) {
  picks().forEach(pick => { pick.checked = checked; });
  countSelected();
}

document.addEventListener('change', event => {
  if (event.target.id === 'pick-all') {
    selectAll(event.target.checked);
  } else if (event.target.name === 'taskId') {
    countSelected();
  }
});

document.addEventListener('htmx:confirm', event => {
  const { question, elt, issueRequest } = event.detail;
  if (!question) {
    return;
  }
  event.preventDefault();
  const count = elt.dataset.count ? byId(elt.dataset.count).textContent : '1';
  const tasks = count === '1' ? 'task' : 'tasks';
  const dialog = byId('confirm');
  byId('confirm-question').textContent = question.replace('{n}', count).replace('{tasks}', tasks);
  byId('confirm-note').textContent = [elt.dataset.note, 'A stopped task does not resume.'].filter(Boolean).join(' ');
  byId('confirm-yes').textContent = `Stop ${count} ${tasks}`;
  dialog.returnValue = 'no';
  dialog.onclose = () => {
    if (dialog.returnValue === 'yes') {
      issueRequest(true);
    }
  };
  dialog.showModal();
});

document.addEventListener('htmx:afterRequest', event => {
  if (event.detail.elt.id === 'stop-selected' && event.detail.successful) {
    selectAll(false);
    byId('tasks-title').focus({ preventScroll: true });
  }
});

// Who is no longer logged in gets the login page.
document.addEventListener('htmx:responseError', event => {
  if ([401, 403].includes(event.detail.xhr.status)) {
    location.reload();
  }
});

function showLink(text, lost) {
  byId('link').textContent = text;
  byId('link').classList.toggle('lost', lost);
}

document.addEventListener('htmx:sseOpen', () => showLink('Live', false));
document.addEventListener('htmx:sseError', () => {
  showLink('Connection lost, trying again …', true);
  htmx.trigger('#filter', 'lost');
});

// A row that goes away takes the focus with it; the one that follows gets it.
let successor = null;
document.addEventListener('htmx:oobBeforeSwap', event => {
  const row = event.detail.target;
  if (row.matches('#rows > tr') && row.contains(document.activeElement)) {
    const selector = document.activeElement.matches('input') ? 'input' : 'button';
    const next = row.nextElementSibling || row.previousElementSibling;
    successor = next ? next.querySelector(selector) : byId('tasks-title');
  }
});

document.addEventListener('htmx:sseMessage', () => {
  if (successor && document.activeElement === document.body) {
    successor.focus();
  }
  successor = null;
  countSelected();
  drawChart();
});

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
  const box = byId('chart');
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
      { ...axis, size: 36, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
    ],
    series: [{}, { fill: colour('--accent'), width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.8] }) }],
  }, [seconds, values], box);
  new ResizeObserver(() => chart.setSize(size())).observe(box);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw());
}

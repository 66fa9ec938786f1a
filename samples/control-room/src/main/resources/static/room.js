'use strict';

const byId = id => document.getElementById(id);
const picks = () => [...document.querySelectorAll('#rows input[type=checkbox]')];
const number = value => value.toLocaleString('en-US');
const ASK_TO_TYPE_ABOVE = 100;
const PLAN_TIMEOUT = 60000;
const SETTLED = 2000;

// ---- What is selected

function countSelected() {
  const free = picks().filter(pick => !pick.disabled);
  const selected = free.filter(pick => pick.checked).length;
  byId('selected').textContent = number(selected);
  byId('stop-selected').disabled = !isLive() || selected === 0;
  byId('pick-all').checked = selected > 0 && selected === free.length;
  byId('pick-all').indeterminate = selected > 0 && selected < free.length;
}

function selectAll(checked) {
  picks().forEach(pick => { pick.checked = checked && !pick.disabled; });
  countSelected();
}

document.addEventListener('change', event => {
  if (event.target.id === 'pick-all') {
    selectAll(event.target.checked);
  } else if (event.target.name === 'taskId') {
    countSelected();
  }
});

// ---- The question before a stop

// Resolves to the reason when the answer is yes, and to null else. A question that is open stays what it is: the mouse
// may be above its answer already.
function ask({ question, note, count }) {
  const dialog = byId('confirm');
  if (dialog.open) {
    warn('Another question was open. Nothing was stopped that it did not name: ask again.');
    return Promise.resolve(null);
  }
  const mustType = count > ASK_TO_TYPE_ABOVE;
  byId('confirm-question').textContent = question;
  byId('confirm-note').textContent = [note, 'A stopped task does not resume.'].filter(Boolean).join(' ');
  byId('confirm-yes').textContent = `Stop ${number(count)} ${count === 1 ? 'task' : 'tasks'}`;
  byId('confirm-typed').hidden = !mustType;
  byId('confirm-count').textContent = number(count);
  byId('confirm-number').value = '';
  byId('confirm-reason').value = '';
  const allow = () => {
    const typed = byId('confirm-number').value.replace(/[\s,.]/g, '');
    byId('confirm-yes').disabled = !isLive() || (mustType && typed !== String(count));
  };
  byId('confirm-number').oninput = allow;
  byId('confirm-no').onclick = () => dialog.close('no');
  dialog.allow = allow;
  allow();
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise(resolve => {
    dialog.onclose = () => {
      const yes = dialog.returnValue === 'yes';
      const lost = !isLive();
      if (yes && lost) {
        warn('The connection was lost meanwhile. Nothing was stopped.');
      }
      resolve(yes && !lost ? byId('confirm-reason').value : null);
    };
  });
}

document.addEventListener('htmx:confirm', async event => {
  const { question, elt, issueRequest } = event.detail;
  if (!question) {
    return;
  }
  event.preventDefault();
  if (elt.dataset.agreed) {
    delete elt.dataset.agreed;
    issueRequest(true);
    return;
  }
  const count = elt.dataset.count ? Number(byId(elt.dataset.count).textContent.replace(/,/g, '')) : 1;
  const reason = await ask({
    question: question.replace('{n}', number(count)).replace('{tasks}', count === 1 ? 'task' : 'tasks'),
    note: elt.dataset.note,
    count,
  });
  if (reason === null) {
    return;
  }
  // The row may have come anew while it was asked, and what is no longer on the page sends nothing.
  const now = elt.isConnected ? elt : byId(elt.id);
  if (!now) {
    warn('It is no longer in the list. Nothing was stopped.');
    return;
  }
  now.dataset.reason = reason;
  if (now === elt) {
    issueRequest(true);
  } else {
    now.dataset.agreed = 'yes';
    htmx.trigger(now, 'click');
  }
});

byId('stop-all').addEventListener('click', async () => {
  const button = byId('stop-all');
  if (button.ariaBusy === 'true') {
    return;
  }
  button.ariaBusy = 'true';
  try {
    const answer = await fetch(`/plans${location.search}`, {
      headers: { Accept: 'application/json, text/plain' }, cache: 'no-store', signal: AbortSignal.timeout(PLAN_TIMEOUT),
    });
    if (answer.status === 401) {
      toLogin();
    } else if (!answer.ok) {
      warn(await answer.text() || `The list could not be read (${answer.status}). Nothing was stopped.`);
    } else {
      await stopPlanned(await answer.json());
    }
  } catch {
    warn('The control room did not answer. Nothing was stopped.');
  } finally {
    button.ariaBusy = 'false';
  }
});

async function stopPlanned(plan) {
  if (plan.count === 0) {
    warn('No such task is active any more.');
    return;
  }
  const note = [plan.selector, 'These tasks and no others: what starts meanwhile is not stopped.'].filter(Boolean).join(' ');
  const reason = await ask({ question: plan.question, note, count: plan.count });
  if (reason !== null) {
    // What goes wrong is told where every request is looked after.
    htmx.ajax('POST', '/stops/active', { source: '#stop-all', swap: 'none', values: { plan: plan.id, reason } })
      .catch(() => {});
  }
}

// ---- What is sent, and what becomes of it

document.addEventListener('htmx:configRequest', event => {
  const { elt, headers, parameters } = event.detail;
  headers[document.body.dataset.csrfHeader] = document.body.dataset.csrfToken;
  if (elt.dataset.task !== undefined) {
    parameters.taskId = elt.dataset.task;
  }
  if (elt.dataset.reason) {
    parameters.reason = elt.dataset.reason;
  }
});

// A row says at once that it is being stopped; the server says so a moment later, or the row goes back.
const stopped = elt => elt.id === 'stop-selected'
  ? picks().filter(pick => pick.checked).map(pick => pick.closest('tr').querySelector('.act button'))
  : elt.matches('#rows button, #failures button') ? [elt] : [];

document.addEventListener('htmx:beforeSend', event => {
  event.detail.elt.sent = stopped(event.detail.elt).map(button => ({ button, html: button.innerHTML }));
  event.detail.elt.sent.forEach(({ button }) => {
    if (button === document.activeElement && button.closest('tr')) {
      (button.closest('tr').nextElementSibling?.querySelector('.act button') ?? byId('tasks-title')).focus({ preventScroll: true });
    }
    button.disabled = true;
    button.classList.add('busy');
    if (button.matches('#rows button')) {
      button.firstElementChild.textContent = 'stopping…';
    }
  });
});

function restore(sent) {
  (sent || []).filter(({ button }) => button.isConnected).forEach(({ button, html }) => {
    button.innerHTML = html;
    button.classList.remove('busy');
  });
  enableStops();
}

document.addEventListener('htmx:afterRequest', event => {
  const { elt, successful } = event.detail;
  const sent = elt.sent;
  elt.sent = null;
  if (!successful) {
    restore(sent);
    return;
  }
  byId('alert').hidden = true;
  if (elt.id === 'stop-selected') {
    selectAll(false);
    byId('tasks-title').focus({ preventScroll: true });
  }
  // A stop that fails at once was never seen as one that goes on.
  setTimeout(() => restore(sent), SETTLED);
});

function warn(text) {
  byId('alert-text').textContent = text;
  byId('alert').hidden = false;
}
byId('alert-close').addEventListener('click', () => { byId('alert').hidden = true; });

const UNKNOWN = 'The control room did not answer, and may not have got it. Look at the batches; to try again does no harm.';
document.addEventListener('htmx:sendError', () => {
  warn(UNKNOWN);
  lose();
});
document.addEventListener('htmx:timeout', () => warn(UNKNOWN));
document.addEventListener('htmx:responseError', async event => {
  const { status, responseText } = event.detail.xhr;
  if (status === 401) {
    toLogin();
  } else if (status === 403) {
    warn('Nothing was done: somebody has logged out or in meanwhile. Try again.');
    lose();
  } else {
    warn(status < 500 && responseText.length < 300 ? responseText : `Nothing was done: the control room failed (${status}).`);
  }
});

// ---- The filter, which the address keeps

const filter = byId('filter');
let typing = 0;
let address = location.search;
function applyFilter() {
  clearTimeout(typing);
  const values = [...new FormData(filter)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);
  const query = new URLSearchParams(values).toString();
  history.replaceState(null, '', query ? `/?${query}` : '/');
  address = location.search;
  showFilter();
  show('connecting', 'Connecting …');
  openStream();
}
// A link within the page makes an entry of the history: who goes back over it comes to the filter of then.
window.addEventListener('popstate', () => {
  if (location.search !== address) {
    location.reload();
  }
});
const isFiltered = () => [...new URLSearchParams(location.search)]
  .some(([name, value]) => name !== 'sort' && name !== 'page' && value.trim());
function showFilter() {
  const filtered = isFiltered();
  byId('stop-all-which').textContent = filtered ? 'that match' : 'active';
  document.querySelectorAll('.clear').forEach(button => { button.hidden = !filtered; });
  const sort = filter.elements.sort.value;
  document.querySelectorAll('thead th').forEach(head => {
    const button = head.querySelector('.sort');
    const order = button && button.dataset.sort === sort ? (sort ? 'ascending' : 'descending') : null;
    const newest = button && button.dataset.sort === '' && sort === 'newest' ? 'ascending' : null;
    order || newest ? head.setAttribute('aria-sort', order || newest) : head.removeAttribute('aria-sort');
  });
}
filter.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(applyFilter, 300);
});
filter.addEventListener('submit', event => {
  event.preventDefault();
  applyFilter();
});
document.addEventListener('click', event => {
  if (event.target.matches('.clear')) {
    [...filter.elements].filter(field => field.name && field.name !== 'sort').forEach(field => { field.value = ''; });
    applyFilter();
    filter.elements.text.focus();
  } else if (event.target.matches('.sort')) {
    const current = filter.elements.sort.value;
    filter.elements.sort.value = event.target.dataset.sort === '' && current === '' ? 'newest' : event.target.dataset.sort;
    applyFilter();
  }
});

// ---- What the stream brings

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

function enableStops() {
  document.querySelectorAll('main button:not(.sort, .clear), #running button').forEach(button => {
    button.disabled = !isLive() || button.matches('.busy, .cancelling');
  });
  picks().forEach(pick => {
    pick.disabled = Boolean(pick.closest('tr').querySelector('.busy'));
    pick.checked &&= !pick.disabled;
  });
  byId('stop-all').disabled = !isLive() || byId('stoppable').textContent === '0';
  if (byId('confirm').open) {
    byId('confirm').allow();
  }
  countSelected();
}

function showTitle() {
  const failures = document.querySelectorAll('#failures li').length
    + Number(document.querySelector('#failures [data-more]')?.dataset.more ?? 0);
  byId('needs-link').hidden = failures === 0;
  byId('needs-count').textContent = number(failures);
  byId('needs-text').textContent = failures === 1 ? 'needs a person' : 'need a person';
  const count = `${byId('active').textContent} ${isFiltered() ? 'match' : 'active'}`;
  document.title = `${isCutOff() ? 'Not connected' : count} · Control room`;
}

function showTimes() {
  document.querySelectorAll('time').forEach(time => {
    time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  });
}

document.addEventListener('room:changed', () => {
  if (successor && document.activeElement === document.body) {
    successor.focus();
  }
  successor = null;
  enableStops();
  showTitle();
  showTimes();
  drawChart();
});
// A button that is disabled loses the focus; when it works again it gets it back.
let focused = '';
document.addEventListener('room:stream', () => {
  focused ||= isLive() ? '' : document.activeElement.id;
  enableStops();
  showTitle();
  if (isLive()) {
    if (document.activeElement === document.body) {
      byId(focused)?.focus({ preventScroll: true });
    }
    focused = '';
  }
});

// What sticks below the header sticks right below it, whatever batches run.
const measure = () => {
  const header = matchMedia('(max-width: 40rem)').matches ? byId('running') : document.querySelector('.sticky');
  document.documentElement.style.setProperty('--top', `${header.offsetHeight}px`);
};
const sizes = new ResizeObserver(measure);
[byId('running'), document.querySelector('.sticky'), document.querySelector('.top')].forEach(part => sizes.observe(part));

showFilter();
openStream();

'use strict';

// The stream that keeps the page up to date: what it brings, how it is lost and found again. At any time the page is
// connecting, live, hidden, paused (another tab has taken the place) or lost. Only a live page stops anything: on any
// other the tasks are as old as it is, and their rows are about to move under the mouse.
const SILENCE = 7000;
const FIRST_RETRY = 300;
const RETRY = 1500;
const PROBE = 5000;
const PAGE = Math.random().toString(36).slice(2);

const logout = document.querySelector('form[action="/logout"]');
let leaves = false;
logout.addEventListener('submit', () => {
  leaves = true;
  closeStream();
  show('hidden', 'Logging out …');
});

// Who is no longer logged in gets the login page, and comes back to this view; who logs out is on the way there.
function toLogin() {
  if (leaves) {
    return;
  }
  const view = btoa(location.pathname + location.search).replaceAll('+', '-').replaceAll('/', '_');
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `WANTED=${view}; path=/; max-age=600; samesite=strict${secure}`;
  location.assign('/login?ended');
}

const stream = { source: null, state: 'connecting', heard: Date.now(), retry: 0 };
const isLive = () => stream.state === 'live';
const isCutOff = () => stream.state === 'lost';

function openStream() {
  closeStream();
  const query = new URLSearchParams(location.search);
  query.set('page', PAGE);
  const source = new EventSource(`/events?${query}`);
  stream.source = source;
  stream.heard = Date.now();
  source.addEventListener('changes', event => {
    stream.heard = Date.now();
    press.held.push(event.data);
    if (!press.isDown) {
      release();
    }
  });
  source.addEventListener('alive', event => {
    stream.heard = Date.now();
    document.getElementById('late').textContent = event.data === '-' ? '' : event.data;
    if (isLive()) {
      heardFromServer();
    } else {
      show('connecting', 'Connecting …');
    }
  });
  source.addEventListener('ended', toLogin);
  // Somebody else has logged in by this browser meanwhile: what is stopped from here is stopped by that user.
  source.addEventListener('user', event => {
    if (event.data.trim() !== document.querySelector('.top .user').textContent.trim()) {
      location.reload();
    }
  });
  source.addEventListener('elsewhere', () => {
    closeStream();
    show('paused', 'Paused: open in many tabs. Use this one, and it goes on.');
  });
  source.onerror = () => lose();
}

// While a button of the mouse is down nothing moves, since a click on what was replaced meanwhile is none.
const press = { isDown: false, held: [], end: 0, longest: 1000 };
function release() {
  clearTimeout(press.end);
  press.isDown = false;
  press.held.splice(0).forEach(html => {
    htmx.swap(document.body, html, { swapStyle: 'none' });
    document.dispatchEvent(new CustomEvent('room:changed'));
    heardFromServer();
  });
}
document.addEventListener('pointerdown', () => {
  press.isDown = true;
  clearTimeout(press.end);
  press.end = setTimeout(release, press.longest);
}, true);
['pointerup', 'pointercancel'].forEach(name => document.addEventListener(name, () => setTimeout(release), true));

function closeStream() {
  press.held = [];
  clearTimeout(stream.retry);
  if (stream.source) {
    stream.source.close();
    stream.source = null;
  }
}

// The server says with what it brings how old the list is, where that is older than it should be.
function heardFromServer() {
  const delay = document.getElementById('late').textContent;
  stream.heard = Date.now();
  show('live', delay ? `The list is ${delay} old` : 'Live');
  document.getElementById('state').classList.toggle('late', Boolean(delay));
}

function lose() {
  closeStream();
  show('lost', 'Not connected');
  stream.retry = setTimeout(findAgain, FIRST_RETRY);
}

// Whether the server is there, and the session too. A new token comes with the answer.
async function findAgain() {
  try {
    const answer = await fetch('/session', { headers: { Accept: 'text/plain' }, cache: 'no-store', signal: AbortSignal.timeout(PROBE) });
    if (answer.status === 401) {
      toLogin();
      return;
    }
    if (answer.ok) {
      document.body.dataset.csrfToken = await answer.text();
      logout.elements[0].value = document.body.dataset.csrfToken;
      openStream();
      return;
    }
  } catch {
    // No answer: it is asked again.
  }
  stream.retry = setTimeout(findAgain, RETRY);
}

function show(state, text) {
  const link = document.getElementById('link');
  if (link.textContent !== text) {
    link.textContent = text;
  }
  if (stream.state !== state) {
    stream.state = state;
    document.body.dataset.stream = state;
    document.dispatchEvent(new CustomEvent('room:stream'));
  }
  showAge();
}

function showAge() {
  const seconds = Math.round((Date.now() - stream.heard) / 1000);
  document.getElementById('as-of').textContent = isCutOff()
    ? `What you see is ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`} old.` : '';
}

setInterval(() => {
  if (stream.source && Date.now() - stream.heard > SILENCE) {
    lose();
  }
  showAge();
}, 1000);

// A tab that nobody sees gives its connection to the others; one that somebody uses takes it back.
function resume() {
  if (!stream.source && (stream.state === 'paused' || stream.state === 'hidden')) {
    leaves = false;
    show('connecting', 'Connecting …');
    openStream();
  }
}
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    resume();
  } else if (stream.source) {
    closeStream();
    show('hidden', 'Paused');
  }
});
window.addEventListener('focus', resume);
window.addEventListener('pageshow', event => event.persisted && resume());
document.addEventListener('pointerdown', resume, true);
document.addEventListener('keydown', resume, true);

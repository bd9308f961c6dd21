// The terminal's page: a session over a WebSocket that is taken up again when the connection is lost or the page is loaded anew.
import { Screen } from './screen.js';

const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
const KEYS = {
  Enter: '\r', Backspace: '\x7f', Escape: '\x1b', Tab: '\t',
  ArrowUp: '\x1b[A', ArrowDown: '\x1b[B', ArrowRight: '\x1b[C', ArrowLeft: '\x1b[D',
};

const element = (name) => document.getElementById(name);
const screen = new Screen(element('terminal'), ...fitting());
let socket = null;
let kept = JSON.parse(sessionStorage.getItem('session') ?? 'null');
let attempts = 0;
let givenUp = false;

function fitting() {
  const box = element('terminal').getBoundingClientRect();
  const probe = document.createElement('span');
  probe.textContent = 'x'.repeat(10);
  probe.style.position = 'absolute';
  element('terminal').append(probe);
  const width = probe.getBoundingClientRect().width / 10;
  probe.remove();
  return [Math.max(20, Math.floor(box.width / width)), Math.max(5, Math.floor(box.height / 17))];
}

function address() {
  const query = new URLSearchParams();
  const page = new URLSearchParams(location.search);
  if (kept) {
    query.set('session', kept.session);
    query.set('token', kept.token);
  }
  for (const name of ['auth', 'test_mode']) {
    if (page.has(name)) query.set(name, page.get(name));
  }
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws?${query}`;
}

function connect() {
  givenUp = false;
  show('connecting', 'Connecting...');
  socket = new WebSocket(address());
  socket.onmessage = (event) => take(JSON.parse(event.data));
  socket.onclose = () => {
    if (givenUp) return;
    show('disconnected', 'Disconnected');
    setTimeout(connect, Math.min(FIRST_DELAY * 1.5 ** attempts++, LONGEST_DELAY));
  };
}

function take(message) {
  if (message.type === 'session' || message.type === 'reconnected') {
    kept = { session: message.sessionId, token: message.reconnectToken };
    sessionStorage.setItem('session', JSON.stringify(kept));
    attempts = 0;
    // what is replayed is all there is to see
    if (message.type === 'reconnected') screen.write('\x1b[0m\x1b[2J\x1b[H');
    show('connected', 'Connected');
    tellSize();
  } else if (message.type === 'output') {
    screen.write(message.data);
  } else if (message.type === 'notice') {
    screen.write(`\r\n\x1b[33m${message.message}\x1b[0m\r\n`);
  } else if (message.type === 'error') {
    refused(message);
  }
}

function refused(message) {
  if (message.code === 'INVALID_TOKEN') {
    // that session is over: the next attempt begins a new one
    kept = null;
    sessionStorage.removeItem('session');
    return;
  }
  givenUp = true;
  if (message.code === 'INTERNAL_ERROR' || message.code === 'PTY_SPAWN_FAILED') {
    fallBack();
  } else {
    show('disconnected', 'Disconnected');
    screen.write(`\r\n\x1b[31m${message.message}\x1b[0m\r\n`);
  }
}

async function fallBack() {
  element('terminal-container').hidden = true;
  element('fallback-container').hidden = false;
  try {
    const answer = await fetch('api/stats');
    if (!answer.ok) throw new Error(answer.statusText);
    const stats = await answer.json();
    element('fallback-stats').textContent = `Total ${stats.totalJobs}, completed ${stats.completedJobs}, failed ${stats.failedJobs}`;
  } catch {
    element('fallback-stats').textContent = 'Figures unavailable';
  }
}

function show(kind, words) {
  element('connection-status').className = `connection-status ${kind}`;
  element('connection-status').textContent = words;
}

function send(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function tellSize() {
  send({ type: 'resize', cols: screen.columns, rows: screen.rows });
}

element('terminal').addEventListener('keydown', (event) => {
  const control = event.ctrlKey && event.key.length === 1 ? String.fromCharCode(event.key.toUpperCase().charCodeAt(0) & 31) : null;
  const typed = control ?? KEYS[event.key] ?? (event.key.length === 1 ? event.key : null);
  if (typed === null || event.metaKey || event.altKey) return;
  event.preventDefault();
  send({ type: 'input', data: typed });
});
addEventListener('resize', () => {
  screen.resize(...fitting());
  tellSize();
});
element('retry-button').addEventListener('click', () => {
  element('fallback-container').hidden = true;
  element('terminal-container').hidden = false;
  connect();
});
// for tests that lose the connection
window.__odtoTestHooks = { simulateDisconnect: () => socket?.close(4000, 'test-disconnect') };
element('terminal').focus();
connect();

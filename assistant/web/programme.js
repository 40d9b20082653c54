/* Avkodning in the browser: a theme opened by its address, what is written kept as it is written, and the key to it.

   The key lies in this browser's localStorage and nowhere else. It is made when something is first written, goes to the
   server in a header or an act, and is read anew each time, so that two tabs share it. */
(() => {
  'use strict';

  const {announce, closest, send, opened, watchers, claims} = window.kd;
  const STORE = 'kd-anteckningar';
  const KEEP = '/sida/anteckningar';
  const WAIT_MS = 700;
  const byId = (id) => document.getElementById(id);
  const root = () => document.querySelector('[data-root="kd-programme"]');
  const said = (name) => root().dataset[name];

  /* The key */

  function key() {
    try {
      return localStorage.getItem(STORE) || '';
    } catch {
      return '';
    }
  }

  function made() {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  }

  /** The key there is, or a new one that is remembered; "" where the browser forbids it. */
  function kept() {
    if (key()) return key();
    try {
      localStorage.setItem(STORE, made());
    } catch {
      return '';
    }
    return key();
  }

  /** Sends to the server; returns its reply, or null after having told what was wrong by `tell`. */
  async function post(path, body, tell, options = {}) {
    const name = kept();
    if (!name) {
      tell(said('storage'));
      return null;
    }
    try {
      const reply = await fetch(path, {method: 'POST', headers: {'x-kd-key': name}, body, ...options});
      const told = await reply.json();
      if (reply.ok) return told;
      tell(told.detail || said('failed'));
    } catch {
      tell(said('failed'));
    }
    return null;
  }

  const other = 'BroadcastChannel' in window ? new BroadcastChannel(STORE) : null;
  const tellOthers = () => other && other.postMessage('');

  /* A field: kept a moment after the last key, and as soon as it is left */

  const fields = () => [...document.querySelectorAll('[data-field]')];
  const isDirty = (box) => box.value !== box.dataset.base;
  const timers = new Map();
  /** What is on its way, by field. */
  const sending = new Map();

  const placeOf = (box, name) => document.querySelector(`[data-${name}="${CSS.escape(box.dataset.field)}"]`);

  function tell(box, words, isWrong = false) {
    const place = placeOf(box, 'said-of');
    if (!place) return;
    place.textContent = words;
    place.classList.toggle('kd-wrong', isWrong);
    if (isWrong) announce(words);
  }

  function save(box, options = {}) {
    clearTimeout(timers.get(box.dataset.field));
    const before = sending.get(box.dataset.field) || Promise.resolve();
    const now = before.then(() => sendField(box, options));
    sending.set(box.dataset.field, now);
    return now;
  }

  async function sendField(box, options) {
    if (!isDirty(box)) return;
    const {field, base} = box.dataset;
    const text = box.value;
    box.dataset.base = text;
    tell(box, said('saving'));
    let wrong = false;
    const body = JSON.stringify({act: 'note', field, text, base});
    const reply = await post(KEEP, body, (words) => { wrong = true; tell(box, words, true); }, options);
    if (!reply) {
      if (wrong) box.dataset.base = base;
      return;
    }
    tellOthers();
    tell(box, isDirty(box) ? said('saving') : reply.both || said('saved'));
    if (reply.both) announce(reply.both);
    show(box, reply);
    if (isDirty(box)) later(box);
  }

  /** What the server keeps, where it is shown beside the field. */
  function show(box, reply) {
    const earlier = placeOf(box, 'earlier-of');
    if (earlier) earlier.outerHTML = reply.earlier;
    const talk = box.closest('.kd-talk');
    if (talk && reply.talk) talk.querySelector('summary').textContent = reply.talk;
    document.querySelectorAll('[data-empty]').forEach((line) => line.remove());
    progress(reply.progress);
  }

  function progress(now) {
    const line = document.querySelector('[data-progress-line]');
    if (line) line.textContent = now.line;
    document.querySelectorAll('[data-progress-of]').forEach((place) => {
      const theme = now.themes[place.dataset.progressOf];
      if (!theme) return;
      place.querySelector('progress').value = theme.answered;
      place.querySelector('.kd-where').textContent = theme.words;
      const choice = byId(`falt-themes-${place.dataset.progressOf}-status`);
      if (!choice || isDirty(choice)) return;
      choice.value = theme.status;
      choice.dataset.base = theme.status;
    });
  }

  function later(box) {
    clearTimeout(timers.get(box.dataset.field));
    timers.set(box.dataset.field, setTimeout(() => save(box), WAIT_MS));
  }

  document.addEventListener('input', (event) => {
    const box = closest(event.target, '[data-field]');
    if (!box) return;
    tell(box, '');
    later(box);
    grow(box);
  });
  document.addEventListener('change', (event) => {
    const box = closest(event.target, '[data-field]');
    if (box) save(box);
  });
  document.addEventListener('focusout', async (event) => {
    const box = closest(event.target, '[data-field]');
    if (!box || !isDirty(box)) return;
    await save(box);
    if (placeOf(box, 'said-of')) announce(placeOf(box, 'said-of').textContent);
  });

  /** Everything that is written, on its way; waits until it has arrived. */
  const flush = (options) => Promise.all([...fields().filter(isDirty).map((box) => save(box, options)), ...sending.values()]);
  window.addEventListener('pagehide', () => { flush({keepalive: true}); });

  /** Where the style cannot, the box grows with its text. */
  function grow(box) {
    if (box.tagName !== 'TEXTAREA' || CSS.supports('field-sizing', 'content')) return;
    box.style.height = 'auto';
    box.style.height = `${box.scrollHeight + 2}px`;
  }

  document.addEventListener('click', async (event) => {
    const forget = closest(event.target, '[data-forget]');
    if (!forget) return;
    const field = forget.dataset.forget;
    const box = document.querySelector(`[data-field="${CSS.escape(field)}"]`);
    const reply = await post(KEEP, JSON.stringify({act: 'forget', field}), (words) => tell(box, words, true));
    if (!reply) return;
    show(box, reply);
    box.focus();
    tellOthers();
  });

  /* The view: drawn by the server for the address, with what the key opens */

  /** The theme that the address names, "" for all of them; the one that was come to last. */
  let asked = null;
  let here = null;

  opened.avkodning = async (_place, moved, part) => {
    if (moved && asked === null) here = part; // the first time, the focus stays where it is
    asked = part;
    await draw();
  };

  async function draw() {
    await flush();
    send('kd-programme', {act: 'open', theme: asked, key: key()});
  }

  watchers.push(() => {
    fields().forEach((box) => {
      if (box.dataset.base !== undefined) return;
      box.dataset.base = box.value;
      grow(box);
    });
    drawChip();
    if (window.kd.view() !== 'avkodning' || !root() || root().dataset.theme !== asked) return;
    const {title} = root().dataset;
    if (title && !document.title.startsWith(title)) document.title = document.title.replace(/^[^–]*/, `${title} `);
    if (here === asked) return;
    here = asked;
    window.scrollTo(0, 0);
    (byId('kd-tema') || byId('kd-h-avkodning')).focus({preventScroll: true});
  });

  /* Another tab has written: this one shows it as soon as nothing here is being written */

  let isStale = false;
  const isWriting = () => fields().some(isDirty)
    || [...document.querySelectorAll('[data-new]')].some((box) => box.value)
    || (document.hasFocus() && closest(document.activeElement, '[data-field], [data-new]'));

  function catchUp() {
    if (!isStale || window.kd.view() !== 'avkodning' || asked === null || isWriting()) return;
    isStale = false;
    draw();
  }

  if (other) other.onmessage = () => { isStale = true; catchUp(); };
  document.addEventListener('visibilitychange', () => { if (!document.hidden) catchUp(); });
  window.addEventListener('focus', catchUp);

  /* Conversations to come */

  document.addEventListener('click', async (event) => {
    if (closest(event.target, '[data-talk="add"]')) await addTalk();
    const remove = closest(event.target, '[data-untalk]');
    if (remove) await changed({act: 'untalk', id: remove.dataset.untalk}, announce);
  });

  function addTalk() {
    const boxes = [...document.querySelectorAll('[data-new]')];
    const parts = Object.fromEntries(boxes.map((box) => [box.dataset.new, box.value]));
    const wrong = (words) => { byId('kd-new-said').textContent = words; };
    return changed({act: 'talk', ...parts}, wrong, () => boxes.forEach((box) => { box.value = ''; }));
  }

  /** A change that is drawn anew; the focus comes to the heading of the conversations. */
  async function changed(sent, tellWrong, done = () => {}) {
    const reply = await post(KEEP, JSON.stringify(sent), tellWrong);
    if (!reply) return;
    done();
    announce(reply.said);
    tellOthers();
    byId('kd-talks-h').focus({preventScroll: true});
    backTo = 'kd-talks-h';
    await draw();
  }

  /** What the focus comes back to when the view has been drawn anew and the old element is gone. */
  let backTo = '';
  watchers.push(() => {
    const target = backTo && byId(backTo);
    if (!target || document.activeElement !== document.body) return;
    target.focus({preventScroll: true});
    backTo = '';
  });

  /* The notes as a whole */

  document.addEventListener('click', async (event) => {
    const button = closest(event.target, '[data-kept]');
    if (!button) return;
    const acts = {plan: takeOut, export: takeOut, erase: askToErase, keep: askToErase, 'erase-now': erase};
    await acts[button.dataset.kept](button);
  });

  async function takeOut(button) {
    await flush();
    const review = byId('kd-plan-review');
    send('kd-programme', {act: button.dataset.kept, key: key(), review: review && review.checked ? 'yes' : 'no'});
  }

  function askToErase(button) {
    const isAsking = button.dataset.kept === 'erase' && byId('kd-erase-ask').hidden;
    byId('kd-erase-ask').hidden = !isAsking;
    const opener = document.querySelector('[data-kept="erase"]');
    opener.setAttribute('aria-expanded', String(isAsking));
    (isAsking ? document.querySelector('[data-kept="keep"]') : opener).focus();
  }

  async function erase() {
    await flush();
    if (key()) {
      const reply = await post(KEEP, JSON.stringify({act: 'erase'}), announce);
      if (!reply) return;
      localStorage.removeItem(STORE);
      send('kd-shown', {act: 'forget-notes'});
      announce(reply.said);
      tellOthers();
    }
    byId('kd-kept-h').focus({preventScroll: true});
    backTo = 'kd-kept-h';
    await draw();
  }

  document.addEventListener('change', async (event) => {
    if (event.target.id !== 'kd-import' || !event.target.files.length) return;
    const had = key();
    const wrong = (words) => { byId('kd-import-said').textContent = words; announce(words); };
    await flush();
    const file = event.target.files[0].slice(0, Number(said('most')) + 1); // a larger one is refused as it is
    const reply = await post(`${KEEP}/las-in`, file, wrong);
    event.target.value = '';
    if (!reply) {
      if (!had) localStorage.removeItem(STORE);
      return;
    }
    tellOthers();
    told = reply.said;
    announce(told);
    await draw();
  });

  /** What is said of an import, also after the view has been drawn anew. */
  let told = '';
  watchers.push(() => {
    const place = byId('kd-import-said');
    if (!told || !place || place.textContent === told) return;
    place.textContent = told;
    setTimeout(() => { told = ''; }, 1000);
  });

  /* A question within a theme: a chip beside the question box, which can be taken away */

  let chip = null;
  window.kd.within = () => (chip ? {theme: chip.theme, key: key()} : {});

  function drawChip() {
    const place = byId('kd-chip');
    if (!place || place.hidden === !chip) return;
    place.hidden = !chip;
    if (chip) byId('kd-chip-words').textContent = place.dataset.words.replace('{title}', chip.title);
  }

  document.addEventListener('click', async (event) => {
    const within = closest(event.target, '[data-within]');
    const remove = closest(event.target, '[data-chip="remove"]');
    if (remove) {
      chip = null;
      drawChip();
      announce(said('gone'));
      document.querySelector('#kd-question textarea').focus();
    }
    if (!within) return;
    chip = {theme: within.dataset.theme, title: within.dataset.themeTitle};
    byId('kd-chip').hidden = true; // its words are another theme's
    drawChip();
    await flush();
    if (within.dataset.question) return claims['kd-shown/ask']({question: within.dataset.question});
    window.location.hash = 'fraga';
    announce(said('set').replace('{title}', chip.title));
    setTimeout(() => document.querySelector('#kd-question textarea').focus({preventScroll: true}));
  });
})();

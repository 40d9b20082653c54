/* Fråga in the browser: marks and cards point at each other, the question box sends, warns and edits, answers are
   announced once and rated. Marks and cards are used by the review of a text too. */
(() => {
  'use strict';

  const {announce, closest, scrolling, send, claims, watchers} = window.kd;
  const NARROW = window.matchMedia('(max-width: 1023px)');
  /** The mark that each card was last reached from, by the card's id. */
  const cameFrom = new Map();

  const marksOf = (card) => [...document.querySelectorAll(`.kd-mark[data-card="${card.id}"]`)];

  /* Highlighting */

  function highlight(card, sentences) {
    document.querySelectorAll('.kd-lit').forEach((lit) => lit.classList.remove('kd-lit'));
    if (card) card.classList.add('kd-lit');
    sentences.forEach((sentence) => sentence.classList.add('kd-lit'));
  }

  function point(node) {
    const mark = closest(node, '.kd-mark');
    const card = mark ? document.getElementById(mark.dataset.card) : closest(node, '.kd-card');
    if (!card) return false;
    const marks = mark ? [mark] : marksOf(card);
    highlight(card, marks.map((one) => one.closest('.kd-sentence')).filter(Boolean));
    return true;
  }

  document.addEventListener('focusin', (event) => {
    if (!point(event.target)) highlight(null, []);
  });
  document.addEventListener('mouseover', (event) => {
    if (closest(event.target, '.kd-mark, .kd-card')) point(event.target);
  });
  document.addEventListener('mouseout', (event) => {
    if (closest(event.target, '.kd-mark, .kd-card') && !point(document.activeElement)) highlight(null, []);
  });

  /* From a mark to its card and back */

  function openCard(mark, byKeyboard) {
    const card = document.getElementById(mark.dataset.card);
    if (!card) return;
    cameFrom.set(card.id, mark);
    closeSheets();
    if (NARROW.matches) {
      card.classList.add('kd-sheet');
      card.setAttribute('role', 'dialog');
    }
    if (NARROW.matches || byKeyboard) card.focus({preventScroll: NARROW.matches});
    else card.scrollIntoView({block: 'nearest', behavior: scrolling()});
    point(mark);
  }

  function closeSheets() {
    document.querySelectorAll('.kd-sheet').forEach((card) => {
      card.classList.remove('kd-sheet');
      card.removeAttribute('role');
    });
  }

  function returnToMark(card) {
    const known = cameFrom.get(card.id);
    const mark = known && known.isConnected ? known : marksOf(card)[0];
    closeSheets();
    if (mark) mark.focus();
  }

  document.addEventListener('click', (event) => {
    const mark = closest(event.target, '.kd-mark');
    const close = closest(event.target, '.kd-close');
    if (mark) openCard(mark, event.detail === 0);
    else if (close) returnToMark(close.closest('.kd-card'));
    else if (!closest(event.target, '.kd-card') || closest(event.target, '.kd-card a')) closeSheets();
  });

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const card = closest(event.target, '.kd-card') || document.querySelector('.kd-sheet');
    if (!card) return;
    event.preventDefault();
    returnToMark(card);
  });

  /* The question box */

  const box = () => document.querySelector('#kd-question textarea');
  const byId = (id) => document.getElementById(id);
  let editing = false;
  let busy = false;
  /** The question that was sent and that the server has not yet shown. */
  let unheard = '';

  function write(words) {
    box().value = words;
    box().dispatchEvent(new Event('input', {bubbles: true}));
  }

  function focusBox() {
    if (box()) box().focus({preventScroll: true});
  }

  function sendBox() {
    if (busy || !box().value.trim()) return;
    const found = personal(box().value);
    if (found) warn(found);
    else sendQuestion();
  }

  function sendQuestion() {
    const question = box().value;
    unheard = question;
    write('');
    ask(editing ? 'edit' : 'ask', {question});
  }

  function ask(act, rest) {
    edit(false);
    reveal('kd-warning', false);
    if (window.kd.view() !== 'fraga') window.location.hash = 'fraga';
    send('kd-shown', {act, ...rest, ...window.kd.within(), kinds: chosen('kind'), sources: chosen('source')});
  }

  claims['kd-shown/ask'] = (rest) => busy || ask('ask', rest);
  claims['kd-shown/again'] = () => ask('again', {});

  /* Before gradio sees them: Enter in the box, and its two buttons */
  document.addEventListener('keydown', (event) => {
    if (event.target !== box() || event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    sendBox();
  }, true);
  document.addEventListener('click', (event) => {
    if (closest(event.target, '#kd-ask')) sendBox();
    if (closest(event.target, '#kd-stop')) send('kd-shown', {act: 'stop'});
    const edited = closest(event.target, '.kd-edit');
    if (edited) {
      write(edited.dataset.question);
      edit(true);
      focusBox();
    }
    if (closest(event.target, '[data-editing]')) {
      write('');
      edit(false);
      focusBox();
    }
    const warned = closest(event.target, '[data-warned]');
    if (!warned) return;
    reveal('kd-warning', false);
    if (warned.dataset.warned === 'send') sendQuestion();
    focusBox();
  });

  function edit(on) {
    editing = on;
    reveal('kd-editing', on);
  }

  /** A question may be asked before gradio has drawn what stands by the box. */
  function reveal(id, on) {
    if (byId(id)) byId(id).hidden = !on;
  }

  /* Personal data: looks at the words only; nothing is sent before the user has chosen */

  const NUMBER = /(?<!\d)(?:19|20)?\d{2}(\d{2})(\d{2})[-+ ]?\d{4}(?!\d)/g;
  const PHONE = /(?<![\d:])(?:\+46|0046|0)[ -]?\(?0?\)?[ -]?\d(?:[ -]?\d){6,9}(?!\d)/;
  const MAIL = /[^\s@<>]+@[^\s@<>]+\.[a-zåäö]{2,}/i;

  function personal(words) {
    const dates = [...words.matchAll(NUMBER)].filter(([, month, day]) => {
      const date = Number(day) % 60;
      return Number(month) >= 1 && Number(month) <= 12 && date >= 1 && date <= 31;
    });
    if (dates.length) return 'number';
    if (MAIL.test(words)) return 'mail';
    return PHONE.test(words) ? 'phone' : '';
  }

  function warn(found) {
    const warning = byId('kd-warning');
    if (!warning) return; // not drawn yet: the words stay in the box
    byId('kd-warning-words').textContent = warning.dataset[found];
    warning.hidden = false;
    warning.querySelector('button').focus();
  }

  /* What to search in */

  const boxes = (name) => [...document.querySelectorAll(`#kd-filter input[name="kd-${name}"]:checked`)];
  const chosen = (name) => boxes(name).map((one) => one.value).join('\n');

  document.addEventListener('change', (event) => {
    if (!closest(event.target, '#kd-filter')) return;
    const labels = [...boxes('kind'), ...boxes('source')].map((one) => one.dataset.label);
    byId('kd-filter-now').textContent = labels.join(', ') || byId('kd-filter').dataset.all;
  });
  document.addEventListener('click', (event) => {
    const filter = byId('kd-filter');
    if (filter && filter.open && !closest(event.target, '#kd-filter')) filter.open = false;
  });
  document.addEventListener('keydown', (event) => {
    const filter = closest(event.target, '#kd-filter');
    if (event.key !== 'Escape' || !filter) return;
    filter.open = false;
    filter.querySelector('summary').focus();
  });

  /* Whether an answer helped */

  document.addEventListener('click', (event) => {
    const rate = closest(event.target, '.kd-rate');
    const save = closest(event.target, '.kd-comment-save');
    if (rate) {
      const rating = rate.closest('.kd-rating');
      rating.querySelectorAll('.kd-rate').forEach((one) => one.setAttribute('aria-pressed', String(one === rate)));
      rating.querySelector('.kd-comment').hidden = false;
      send('kd-shown', {act: 'rate', number: rate.dataset.number, verdict: rate.dataset.verdict});
    } else if (save) {
      const rating = save.closest('.kd-rating');
      const comment = rating.querySelector('textarea').value;
      const verdict = rating.querySelector('.kd-rate[aria-pressed="true"]').dataset.verdict;
      send('kd-shown', {act: 'rate', number: save.dataset.number, verdict, comment});
      rating.querySelector('.kd-comment').hidden = true;
      rating.querySelector('.kd-rate[aria-pressed="true"]').focus();
    }
  });

  /* A new question or answer */

  let seen = '';
  let started = false;

  function lookForNews() {
    startInTheBox();
    if (unheard && box() && !box().value && byId('kd-lost') && !byId('kd-lost').hidden) {
      write(unheard);
      unheard = '';
    }
    const turns = [...document.querySelectorAll('#kd-shown .kd-turn[id]')];
    const turn = turns.at(-1);
    busy = Boolean(turn) && ['waiting', 'growing'].includes(turn.dataset.state);
    document.body.classList.toggle('kd-busy', busy);
    document.body.classList.toggle('kd-has-conversation', turns.length > 0);
    const now = turn ? `${turn.id} ${turn.dataset.state}` : '';
    if (now === seen) return;
    const before = seen;
    seen = now;
    unheard = '';
    if (!turn) focusBox();
    else if (turn.dataset.state !== 'growing') showTurn(turn, !before.startsWith(`${turn.id} `));
  }

  function showTurn(turn, isNew) {
    announce(turn.dataset.announce);
    if (isNew) turn.scrollIntoView({block: 'start', behavior: scrolling()});
    const lost = !document.activeElement || document.activeElement === document.body;
    if (lost && window.kd.view() === 'fraga') turn.querySelector('.kd-asked').focus({preventScroll: true});
  }

  /** On a phone the keyboard would cover the page, so there the box waits to be touched. */
  function startInTheBox() {
    if (started || !box() || !window.kd.view()) return;
    started = true;
    if (!NARROW.matches && window.kd.view() === 'fraga') focusBox();
  }

  watchers.push(lookForNews);
})();

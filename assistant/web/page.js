/* What the page does in the browser: marks and cards point at each other, references are copied, answers are announced.
   Everything listens on the document, because gradio redraws the conversation. */
(() => {
  'use strict';

  const NARROW = window.matchMedia('(max-width: 1023px)');
  const CALM = window.matchMedia('(prefers-reduced-motion: reduce)');
  /** The mark that each card was last reached from, by the card's id. */
  const cameFrom = new Map();

  const closest = (node, selector) => (node instanceof Element ? node.closest(selector) : null);
  const marksOf = (card) => [...document.querySelectorAll(`.kd-mark[data-card="${card.id}"]`)];
  const scrolling = () => (CALM.matches ? 'auto' : 'smooth');

  function announce(words) {
    const region = document.getElementById('kd-live');
    if (region) region.textContent = words;
  }

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
    if (NARROW.matches) card.classList.add('kd-sheet');
    if (NARROW.matches || byKeyboard) card.focus({preventScroll: NARROW.matches});
    else showInColumn(card);
    point(mark);
  }

  function showInColumn(card) {
    card.scrollIntoView({block: 'nearest', behavior: scrolling()});
  }

  function closeSheets() {
    document.querySelectorAll('.kd-sheet').forEach((card) => card.classList.remove('kd-sheet'));
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
    const copy = closest(event.target, '.kd-copy');
    if (mark) openCard(mark, event.detail === 0);
    else if (close) returnToMark(close.closest('.kd-card'));
    else if (copy) copyReference(copy);
    else if (!closest(event.target, '.kd-card')) closeSheets();
  });

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const card = closest(event.target, '.kd-card') || document.querySelector('.kd-sheet');
    if (!card) return;
    event.preventDefault();
    returnToMark(card);
  });

  /* Copying a reference */

  async function copyReference(button) {
    const copied = await write(button.dataset.copy);
    announce(copied ? button.dataset.copied : button.dataset.failed);
    const words = button.textContent;
    button.textContent = copied ? button.dataset.copied : button.dataset.failed;
    button.disabled = true;
    setTimeout(() => {
      button.textContent = words;
      button.disabled = false;
      button.focus({preventScroll: true});
    }, 1600);
  }

  async function write(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return writeTheOldWay(text);
    }
  }

  /** For pages over plain http from another machine, where the clipboard API is not offered. */
  function writeTheOldWay(text) {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'kd-unseen';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }

  /* A new question or answer */

  let seen = '';
  let started = false;

  function lookForNews() {
    startInTheBox();
    const turn = [...document.querySelectorAll('.kd-turn[id]')].at(-1);
    const now = turn ? `${turn.id} ${turn.dataset.state}` : '';
    if (now === seen) return;
    seen = now;
    if (turn) showTurn(turn);
    else focusBox();
  }

  function showTurn(turn) {
    announce(turn.dataset.announce);
    turn.scrollIntoView({block: 'start', behavior: scrolling()});
    const lost = !document.activeElement || document.activeElement === document.body;
    if (lost) turn.querySelector('.kd-asked').focus({preventScroll: true});
  }

  /** On a phone the keyboard would cover the page, so there the box waits to be touched. */
  function startInTheBox() {
    if (started || !box()) return;
    started = true;
    if (!NARROW.matches) focusBox();
  }

  const box = () => document.querySelector('#kd-question textarea');

  function focusBox() {
    announce('');
    if (box()) box().focus({preventScroll: true});
  }

  new MutationObserver(lookForNews).observe(document.documentElement, {childList: true, subtree: true});
})();

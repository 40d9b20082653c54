/* What every view shares: the menu and addresses, acts that go to the server, announcements, copying and saving.
   Everything listens on the document, because gradio redraws what it shows. */
window.kd = (() => {
  'use strict';

  const CALM = window.matchMedia('(prefers-reduced-motion: reduce)');
  const closest = (node, selector) => (node instanceof Element ? node.closest(selector) : null);
  const scrolling = () => (CALM.matches ? 'auto' : 'smooth');

  function announce(words) {
    const region = document.getElementById('kd-live');
    if (region) region.textContent = words;
  }

  /* Acts: an element's data attributes, sent to the server by the component that it or data-to names */

  /** Sends an act to the component with this id; waits until gradio has drawn it. */
  function send(name, detail) {
    const root = document.querySelector(`[data-root="${name}"]`);
    if (root && root.closest('[data-hears]')) root.dispatchEvent(new CustomEvent('kd-act', {bubbles: true, detail}));
    else document.addEventListener('kd-ready', () => setTimeout(() => send(name, detail)), {once: true});
  }

  document.addEventListener('click', (event) => {
    const actor = closest(event.target, '[data-act]');
    if (!actor) return;
    const {act, to, ...rest} = actor.dataset;
    const name = to || actor.closest('[data-root]').dataset.root;
    document.dispatchEvent(new CustomEvent('kd-will-act', {detail: {name, act, rest}}));
  });

  /* Another script may add to an act or hold it back; what nobody claims is sent as it is. */
  const claims = {};
  document.addEventListener('kd-will-act', ({detail: {name, act, rest}}) => {
    const claim = claims[`${name}/${act}`];
    if (claim) claim(rest);
    else send(name, {act, ...rest});
  });

  /* Views and addresses: #fraga, #las …, #granska/instruktion for a part of a view, and #kalla=ID&plats=START-END for a
     place in a document */

  const header = () => document.querySelector('.kd-header');
  const opened = {};
  const left = {};
  let current = '';
  let shown = ''; // the address that the view was chosen by

  function wanted() {
    const hash = decodeURIComponent(window.location.hash.slice(1));
    if (hash.startsWith('kalla=')) return ['las', new URLSearchParams(window.location.hash.slice(1)), ''];
    const [view, part = ''] = hash.split('/');
    return document.getElementById(`kd-view-${view}`) ? [view, null, part] : ['fraga', null, ''];
  }

  function show(byHand) {
    const [view, place, part] = wanted();
    const moved = view !== current;
    if (moved) left[current] = scrolled;
    current = view;
    shown = window.location.hash;
    document.body.dataset.view = view;
    document.body.dataset.part = part;
    const titles = JSON.parse(header().dataset.titles);
    document.title = titles[`${view}/${part}`] || titles[view];
    header().querySelectorAll('[data-view]').forEach((link) => {
      if (link.dataset.view === view) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    });
    menu(false);
    if (moved && byHand) {
      window.scrollTo(0, view === 'fraga' ? left[view] || 0 : 0);
      document.getElementById(`kd-h-${view}`).focus({preventScroll: true});
    }
    if (opened[view]) opened[view](place, moved, part);
  }

  /* Kept as it changes: when the address has changed, the browser may have moved the page already */
  let scrolled = 0;
  window.addEventListener('scroll', () => { if (wanted()[0] === current) scrolled = window.scrollY; }, {passive: true});

  function menu(open) {
    const button = document.querySelector('.kd-menu');
    button.setAttribute('aria-expanded', String(open));
    header().classList.toggle('kd-open', open);
  }

  window.addEventListener('hashchange', () => { if (started) show(true); }); // until then the address waits
  document.addEventListener('click', (event) => {
    const button = closest(event.target, '.kd-menu');
    if (button) menu(button.getAttribute('aria-expanded') !== 'true');
    else if (!closest(event.target, '.kd-header') && header()) menu(false);
    const skip = closest(event.target, '[data-skip]');
    if (skip) {
      event.preventDefault();
      document.getElementById(`kd-h-${current}`).focus();
    }
    if (closest(event.target, '[data-print]')) window.print();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !header() || !header().classList.contains('kd-open')) return;
    menu(false);
    document.querySelector('.kd-menu').focus();
  });

  /* Copying */

  async function copy(button) {
    const link = button.dataset.copyLink;
    const copied = await write(link ? window.location.href.split('#')[0] + link : button.dataset.copy);
    announce(copied ? button.dataset.copied : button.dataset.failed);
    const words = button.textContent;
    button.textContent = copied ? button.dataset.copied : button.dataset.failed;
    button.disabled = true;
    setTimeout(() => {
      button.textContent = words;
      button.disabled = false;
      if (document.activeElement === document.body) button.focus({preventScroll: true});
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

  document.addEventListener('click', (event) => {
    const button = closest(event.target, '.kd-copy');
    if (button) copy(button);
  });

  /* What the server hands out: an announcement, and a file that is saved by the browser */

  let delivered = '';

  function takeDelivery() {
    const box = document.querySelector('#kd-outbox [data-delivery]');
    if (!box || box.dataset.delivery === delivered) return;
    delivered = box.dataset.delivery;
    if (box.dataset.say) announce(box.dataset.say);
    if (!box.dataset.name) return;
    const bytes = Uint8Array.from(atob(box.dataset.content), (char) => char.charCodeAt(0));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([bytes], {type: box.dataset.type}));
    link.download = box.dataset.name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  /* Gradio draws the page in pieces; each piece is looked at as it comes */

  /** Gradio tells of a lost server in English, in a box of its own that is not shown; our own line is. */
  function lookForLoss() {
    const line = document.getElementById('kd-lost');
    const lost = Boolean(document.querySelector('.toast-body.error'));
    if (line && line.hidden === lost) line.hidden = !lost;
  }

  const watchers = [takeDelivery, lookForLoss];
  let started = false;
  new MutationObserver(() => {
    if (!started && header()) {
      started = true;
      show(false);
    } else if (started && shown === window.location.hash && wanted()[0] !== current) {
      show(false); // the view that the address names was drawn after the header
    }
    watchers.forEach((watch) => watch());
  }).observe(document.documentElement, {childList: true, subtree: true});

  return {announce, closest, scrolling, send, claims, opened, watchers, view: () => current, within: () => ({})};
})();

/* Läs in the browser: opens a document at a place, steps between cited words, and searches within. */
(() => {
  'use strict';

  const {announce, closest, scrolling, send, opened, watchers} = window.kd;
  const NARROW = window.matchMedia('(max-width: 1023px)');
  const doc = () => document.querySelector('.kd-document');
  /** The place asked for that is not scrolled to yet, and the one that was. */
  let wanted = null;
  let arrived = '';

  opened.las = (place) => {
    if (!place) {
      if (!doc()) send('kd-read', {act: 'list'});
      return;
    }
    const [start, end] = (place.get('plats') || '0-0').split('-');
    wanted = {source: place.get('kalla'), at: `${Number(start) || 0}-${Number(end) || 0}`};
    arrived = '';
    if (isSection(start, end)) arrive();
    else send('kd-read', {act: 'open', source: wanted.source, start, end});
  };

  /** A heading of the document that is open: nothing has to be fetched. */
  function isSection(start, end) {
    return start === end && doc() && !isPdf() && doc().dataset.source === wanted.source && partAt(start);
  }

  /** Beside a PDF's text stands the picture of the page that is read, which the server draws. */
  const isPdf = () => Boolean(document.querySelector('.kd-page'));
  const partAt = (start) => document.querySelector(`.kd-page-start[data-start="${start}"], .kd-part[data-start="${start}"]`);

  function arrive() {
    const [start, end] = wanted.at.split('-');
    const mark = document.querySelector('.kd-document mark.kd-now');
    const target = (start !== end && mark) || (start !== '0' && partAt(start)) || document.getElementById('kd-doc');
    arrived = wanted.at + wanted.source;
    const contents = document.querySelector('.kd-contents');
    if (contents && NARROW.matches) contents.open = false;
    target.scrollIntoView({block: target === mark ? 'center' : 'start', behavior: 'auto'});
    if (!target.hasAttribute('tabindex')) target.tabIndex = -1;
    target.focus({preventScroll: true});
    announce(doc().dataset.said);
    count(Number(mark && start !== end ? mark.dataset.mark : 0));
  }

  watchers.push(() => {
    const here = doc();
    if (!wanted || !here || here.dataset.source !== wanted.source || here.dataset.at !== wanted.at) return;
    if (arrived !== wanted.at + wanted.source) arrive();
    else if (document.activeElement === document.body && !here.dataset.kept) {
      here.dataset.kept = 'yes'; // redrawn with its picture: the place stays
      arrive();
    }
  });

  /* Cited places */

  let now = 0;

  function count(number) {
    now = number;
    const steps = document.querySelector('.kd-steps');
    if (steps && number) {
      const words = steps.dataset.words.replace('{n}', number).replace('{count}', steps.dataset.count);
      steps.querySelector('.kd-step-now').textContent = words;
    }
  }

  function stepCited(by) {
    const total = Number(document.querySelector('.kd-steps').dataset.count);
    count(((now || (by < 0 ? 1 : 0)) - 1 + by + total) % total + 1);
    document.querySelectorAll('.kd-document mark').forEach((mark) => {
      mark.classList.toggle('kd-now', Number(mark.dataset.mark) === now);
    });
    const mark = document.getElementById(`plats-${now}`);
    if (isPdf()) {
      window.location.hash = `kalla=${encodeURIComponent(doc().dataset.source)}&plats=${mark.dataset.span}`;
      return;
    }
    mark.scrollIntoView({block: 'center', behavior: scrolling()});
    announce(`${document.querySelector('.kd-step-now').textContent}. ${mark.textContent}`);
  }

  /* Search within */

  let found = [];
  let at = -1;

  function find() {
    const words = document.getElementById('kd-find').value.trim().toLowerCase();
    found = [];
    at = -1;
    if (words.length > 1) {
      const walker = document.createTreeWalker(document.querySelector('.kd-text'), NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.data.toLowerCase();
        for (let place = text.indexOf(words); place >= 0; place = text.indexOf(words, place + words.length)) {
          const range = new Range();
          range.setStart(node, place);
          range.setEnd(node, place + words.length);
          found.push(range);
        }
      }
    }
    if (window.CSS && CSS.highlights) {
      CSS.highlights.set('kd-found', new Highlight(...found));
      CSS.highlights.delete('kd-found-now');
    }
    document.querySelectorAll('[data-step="found"]').forEach((button) => { button.disabled = !found.length; });
    document.getElementById('kd-found-now').textContent = words.length > 1 && !found.length
      ? document.getElementById('kd-find').dataset.none : '';
  }

  function stepFound(by) {
    if (!found.length) return;
    at = (at + by + found.length) % found.length;
    if (window.CSS && CSS.highlights) CSS.highlights.set('kd-found-now', new Highlight(found[at]));
    found[at].startContainer.parentElement.scrollIntoView({block: 'center', behavior: scrolling()});
    const words = document.getElementById('kd-find').dataset.words;
    document.getElementById('kd-found-now').textContent = words.replace('{n}', at + 1).replace('{count}', found.length);
  }

  document.addEventListener('input', (event) => {
    if (event.target.id === 'kd-find') find();
  });
  document.addEventListener('keydown', (event) => {
    if (event.target.id !== 'kd-find' || event.key !== 'Enter') return;
    event.preventDefault();
    stepFound(event.shiftKey ? -1 : 1);
  });
  document.addEventListener('click', (event) => {
    const step = closest(event.target, '[data-step]');
    if (!step) return;
    if (step.dataset.step === 'cited') stepCited(Number(step.dataset.by));
    else stepFound(Number(step.dataset.by));
  });
})();

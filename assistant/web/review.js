/* Granska in the browser: which part is shown, and a review's rows filtered, opened and printed. */
(() => {
  'use strict';

  const {closest, send, opened, watchers, scrolling} = window.kd;
  const shown = () => document.querySelector('#kd-instruktion-shown');

  opened.granska = (_place, _moved, part) => {
    point();
    if (part === 'instruktion') send('kd-instruktion', {act: 'list'});
  };

  /** Which part is open; the links may be drawn after the address has been read. */
  function point() {
    const now = document.body.dataset.part === 'instruktion' ? 'instruktion' : '';
    document.querySelectorAll('.kd-parts a').forEach((link) => {
      if (link.dataset.part === now) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    });
  }

  watchers.push(point);

  document.addEventListener('click', (event) => {
    const pick = closest(event.target, '[data-pick]');
    if (!pick) return;
    const {value} = pick.parentElement.querySelector('select');
    send('kd-instruktion', {act: pick.dataset.pick, source: value});
  });

  /* Which rows are shown: the group of rows carries the choice, and the style hides the others */

  document.addEventListener('change', (event) => {
    const choice = closest(event.target, '.kd-show input');
    if (choice) choice.closest('.kd-findings').dataset.shown = choice.value;
  });

  document.addEventListener('click', (event) => {
    const button = closest(event.target, '[data-unfold]');
    if (!button) return;
    const unfold = button.dataset.unfold === 'yes';
    button.closest('.kd-findings').querySelectorAll('.kd-finding').forEach((row) => { row.open = unfold; });
    button.dataset.unfold = unfold ? 'no' : 'yes';
    button.textContent = unfold ? button.dataset.fold : button.dataset.open;
  });

  /* On paper everything stands open */

  let closed = [];
  window.addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('.kd-finding:not([open])')];
    closed.forEach((row) => { row.open = true; });
  });
  window.addEventListener('afterprint', () => closed.forEach((row) => { row.open = false; }));

  /* A new review, or why there is none */

  let seen = '';
  watchers.push(() => {
    const news = shown() && shown().querySelector('.kd-refused, #kd-jamfor-h, #kd-instruktion-h');
    const waiting = shown() && shown().querySelector('.kd-waiting');
    const now = waiting || !news ? '' : news.textContent;
    if (now === seen) return;
    seen = now;
    if (!now || window.kd.view() !== 'granska') return;
    news.scrollIntoView({block: 'start', behavior: scrolling()});
    news.focus({preventScroll: true});
  });
})();

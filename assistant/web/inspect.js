/* Utvärdering and Om in the browser: fetched when they are opened, and a run started with the chosen set. */
(() => {
  'use strict';

  const {closest, send, opened} = window.kd;

  opened.utvardering = () => send('kd-eval', {act: 'list'});
  opened.om = () => send('kd-about', {act: 'list'});

  document.addEventListener('click', (event) => {
    const run = closest(event.target, '#kd-eval-run');
    if (!run) return;
    run.disabled = true;
    setTimeout(() => { run.disabled = false; }, 3000);
    send('kd-eval', {act: 'run', set: document.getElementById('kd-eval-set').value});
  });
  document.addEventListener('click', (event) => {
    if (!closest(event.target, '#kd-review-clear')) return;
    document.querySelector('#kd-review-text textarea').focus();
  });
})();

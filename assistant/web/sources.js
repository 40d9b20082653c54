/* Källor in the browser: the list is fetched when the view is opened; a file is chosen or dropped, and sent. */
(() => {
  'use strict';

  const {announce, closest, send, opened} = window.kd;

  opened.kallor = () => {
    send('kd-shelf', {act: 'list'});
    send('kd-map', {act: 'map'});
  };

  /* A place for files has a file input; its data-root hears the act data-then with the token of what was sent. */

  function upload(file, input) {
    const bar = progress(input, `${input.dataset.sending} ${file.name}`);
    const request = new XMLHttpRequest();
    request.open('POST', '/sida/lagg-till');
    request.setRequestHeader('x-kd-name', encodeURIComponent(file.name));
    request.upload.onprogress = (event) => { bar.value = event.loaded / (event.total || 1); };
    request.onerror = () => tell(input, input.dataset.failed);
    request.onload = () => {
      const reply = JSON.parse(request.responseText || '{}');
      if (request.status !== 200) return tell(input, reply.detail || input.dataset.failed);
      place(input).replaceChildren();
      return send(input.dataset.to, {act: input.dataset.then, token: reply.token});
    };
    request.send(file);
    input.value = '';
  }

  const place = (input) => document.getElementById(`${input.id}-sending`);

  function progress(input, words) {
    const line = document.createElement('p');
    line.className = 'kd-progress';
    const bar = document.createElement('progress');
    bar.setAttribute('aria-label', words);
    line.append(Object.assign(document.createElement('span'), {textContent: words}), bar);
    place(input).replaceChildren(line);
    return bar;
  }

  function tell(input, words) {
    const line = Object.assign(document.createElement('p'), {className: 'kd-error', textContent: words});
    place(input).replaceChildren(line);
    announce(words);
  }

  document.addEventListener('change', (event) => {
    const input = closest(event.target, '.kd-drop input[data-then]');
    if (input && input.files.length) upload(input.files[0], input);
  });
  ['dragover', 'drop'].forEach((name) => document.addEventListener(name, (event) => {
    const drop = closest(event.target, '.kd-drop');
    event.preventDefault(); // a file dropped beside the place never replaces the page
    const input = drop && drop.querySelector('input[data-then]');
    if (name === 'drop' && input && event.dataTransfer.files.length) upload(event.dataTransfer.files[0], input);
    document.querySelectorAll('.kd-over').forEach((one) => one.classList.remove('kd-over'));
    if (name === 'dragover' && drop) drop.classList.add('kd-over');
  }));
})();

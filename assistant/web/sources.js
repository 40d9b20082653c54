/* Källor in the browser: the list is fetched when the view is opened; a file is chosen or dropped, and sent. */
(() => {
  'use strict';

  const {announce, closest, send, opened} = window.kd;

  opened.kallor = () => {
    send('kd-shelf', {act: 'list'});
    send('kd-map', {act: 'map'});
  };

  function upload(file) {
    const input = document.getElementById('kd-file');
    const bar = progress(`${input.dataset.sending} ${file.name}`);
    const request = new XMLHttpRequest();
    request.open('POST', '/sida/lagg-till');
    request.setRequestHeader('x-kd-name', encodeURIComponent(file.name));
    request.upload.onprogress = (event) => { bar.value = event.loaded / (event.total || 1); };
    request.onerror = () => tell(input.dataset.failed);
    request.onload = () => {
      const reply = JSON.parse(request.responseText || '{}');
      if (request.status !== 200) return tell(reply.detail || input.dataset.failed);
      place().replaceChildren();
      return send('kd-shelf', {act: 'add', token: reply.token});
    };
    request.send(file);
    input.value = '';
  }

  const place = () => document.getElementById('kd-sending');

  function progress(words) {
    const line = document.createElement('p');
    line.className = 'kd-progress';
    const bar = document.createElement('progress');
    bar.setAttribute('aria-label', words);
    line.append(Object.assign(document.createElement('span'), {textContent: words}), bar);
    place().replaceChildren(line);
    return bar;
  }

  function tell(words) {
    const line = Object.assign(document.createElement('p'), {className: 'kd-error', textContent: words});
    place().replaceChildren(line);
    announce(words);
  }

  document.addEventListener('change', (event) => {
    if (event.target.id === 'kd-file' && event.target.files.length) upload(event.target.files[0]);
  });
  ['dragover', 'drop'].forEach((name) => document.addEventListener(name, (event) => {
    const drop = closest(event.target, '#kd-drop');
    event.preventDefault(); // a file dropped beside the place never replaces the page
    if (name === 'drop' && drop && event.dataTransfer.files.length) upload(event.dataTransfer.files[0]);
    document.querySelectorAll('.kd-over').forEach((one) => one.classList.remove('kd-over'));
    if (name === 'dragover' && drop) drop.classList.add('kd-over');
  }));
})();

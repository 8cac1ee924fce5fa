// The payer's pages: countdown, live result, the way back, the provider's payment window.
// Every page works without it: redirect methods are plain forms, waiting pages refresh themselves.
(() => {
  const $ = (s) => document.querySelector(s), all = (s) => [...document.querySelectorAll(s)];
  // countdown: seconds come from the server, spoken only at 60 and at 0
  all('[data-until]').forEach((el) => {
    // already over when the page came: it has nowhere else to go
    const first = Number(el.dataset.until), end = Date.now() + first * 1000, say = $('[data-say]');
    let before = Infinity;
    const tick = () => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000));
      el.textContent = Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0');
      if (say && left <= 60 && before > 60) say.textContent = say.dataset.say;
      before = left;
      if (left) setTimeout(tick, 1000); else if (first && el.dataset.then) location.replace(el.dataset.then);
    };
    tick();
  });
  // live result: the server's word for the state; any other word than the page's own reloads the page
  const live = $('[data-poll]');
  if (live) {
    const { poll, state, here } = live.dataset;
    let gap = 2000, timer;
    const later = () => { clearTimeout(timer); timer = setTimeout(ask, gap); };
    const ask = async () => {
      try {
        const answer = await fetch(poll, { headers: { accept: 'application/json' }, cache: 'no-store' });
        if (answer.ok && (await answer.json()).state !== state) { location.replace(here); return; }
      } catch { /* offline: the next round asks again */ }
      gap = Math.min(gap * 1.15, 10000);
      later();
    };
    later();
    // coming back from a UPI app: ask at once, do not wait out the gap
    document.addEventListener('visibilitychange', () => { if (!document.hidden) { gap = 2000; ask(); } });
  }
  // the payer has just asked to go there: the form that takes them goes by itself, once the once-only guard below listens
  addEventListener('load', () => { const go = $('form[data-go]'); if (go) go.requestSubmit(); });
  // a form goes out once
  document.addEventListener('submit', (e) => {
    if (e.target.dataset.sent) e.preventDefault();
    e.target.dataset.sent = '1';
  });
  addEventListener('pageshow', (e) => { if (e.persisted) location.reload(); });
  // the provider's window: its script is loaded before this one, its options stand in a data block
  const box = $('#options');
  if (box) {
    const Make = box.dataset.global.split('.').reduce((o, key) => o?.[key], window);
    const again = $('#again'), lost = $('#lost');
    const open = () => { try { new Make(JSON.parse(box.textContent)).open(); } catch { lost.hidden = false; again.hidden = true; } };
    again.hidden = false; again.addEventListener('click', open);
    // opened by itself once, when the payer has just asked for it: Back from the provider leads to a choice
    const url = new URL(location.href);
    if (url.searchParams.has('go')) { url.searchParams.delete('go'); history.replaceState(null, '', url); open(); }
  }
})();

// Progressive touches for the console: every page reads and every form submits without this file.
(() => {
  const $ = (s, r = document) => r.querySelector(s), all = (s, r = document) => [...r.querySelectorAll(s)];
  const toast = (text) => {
    const box = $('.toasts'); if (!box) return;
    const t = document.createElement('div'); t.className = 'toast'; t.textContent = text;
    box.append(t); setTimeout(() => t.remove(), 5000);
  };
  all('[data-copy],[data-reveal]').forEach((b) => { b.hidden = false; });
  document.addEventListener('click', (e) => {
    const el = e.target.closest('[data-copy],[data-reveal]'); if (!el) return;
    if (el.dataset.copy) {
      const src = document.getElementById(el.dataset.copy);
      navigator.clipboard?.writeText(src.value ?? src.textContent).then(() => toast('Copied'));
    } else {
      const f = document.getElementById(el.dataset.reveal), shown = f.type === 'text';
      f.type = shown ? 'password' : 'text'; el.setAttribute('aria-pressed', String(!shown)); $('span', el).textContent = shown ? 'Show' : 'Hide';
    }
  });
  // a form goes out once: a second click on Refund must not look like a second refund
  document.addEventListener('submit', (e) => {
    if (e.target.method !== 'post') return;
    if (e.target.dataset.sent) e.preventDefault();
    e.target.dataset.sent = '1';
  });
  // coming back with the browser's Back button: the form may go out again
  addEventListener('pageshow', () => all('form[data-sent]').forEach((f) => { delete f.dataset.sent; }));
  const pops = () => all('details[data-pop][open]');
  document.addEventListener('keydown', (e) => {
    const typing = e.target.closest('input,textarea,select');
    if (e.key === '/' && !typing) { const q = $('#q'); if (q) { e.preventDefault(); q.focus(); } }
    if ((e.key === 'j' || e.key === 'k') && !typing) {
      const rows = all('.list tbody th a'); if (!rows.length) return;
      const at = rows.indexOf(document.activeElement);
      rows[Math.min(rows.length - 1, Math.max(0, at + (e.key === 'j' ? 1 : -1)))].focus();
    }
    if (e.key === 'Escape') pops().forEach((d) => { d.open = false; $('summary', d).focus(); });
  });
  // filter popovers: one open at a time, shut on an outside click
  document.addEventListener('pointerdown', (e) => pops().forEach((d) => { if (!d.contains(e.target)) d.open = false; }));
  // chart read-out: the figure under the pointer, in words
  all('[data-readout]').forEach((fig) => {
    const out = $('output', fig), rest = out.textContent;
    fig.addEventListener('pointerover', (e) => { if (e.target.dataset.l) out.textContent = e.target.dataset.l; });
    fig.addEventListener('pointerleave', () => { out.textContent = rest; });
  });
  // a summary of errors takes the focus, so that it is read first
  $('.note[tabindex="-1"]')?.focus();
})();

// The reference's forms: sent from the page, with the answer below. Without this file the server does the same.
(() => {
  const forms = [...document.querySelectorAll('form[data-try]')];
  const told = (form) => {
    let box = form.nextElementSibling;
    if (!box) {
      box = document.createElement('div'); box.className = 'stack s'; box.setAttribute('role', 'status');
      form.after(box);
    }
    return box;
  };
  const tell = (form, head, text) => {
    const h = document.createElement('b'); h.textContent = head;
    const code = document.createElement('div'), pre = document.createElement('pre');
    code.className = 'code'; pre.tabIndex = 0; pre.textContent = text; code.append(pre);
    told(form).replaceChildren(h, ...(text ? [code] : []));
  };
  // typed once for all forms; it lives in these fields alone and goes with the page
  document.addEventListener('input', (e) => {
    const { name, value, form } = e.target;
    if (!form?.dataset.try || (name !== 'key' && name !== 'secret')) return;
    forms.forEach((f) => { if (f !== form) f.elements[name].value = value; });
  });
  addEventListener('pagehide', () => forms.forEach((f) => { f.elements.key.value = f.elements.secret.value = ''; }));
  const send = async (form) => {
    const data = new FormData(form), get = (n) => (data.get(n) ?? '').trim();
    const key = get('key'), secret = get('secret');
    if (!key.startsWith('hk_test_') || !secret.startsWith('hs_test_')) {
      return tell(form, 'Only a test key works here: hk_test_…, hs_test_…. Nothing was sent.', '');
    }
    const query = new URLSearchParams();
    for (const [n, v] of data) if (n.startsWith('q.') && v) query.append(n.slice(2), v);
    const path = form.dataset.path.replace('{id}', encodeURIComponent(get('id')));
    const headers = { Authorization: `Bearer ${key}:${secret}` }, body = get('body');
    if (get('idempotency_key')) headers['Idempotency-Key'] = get('idempotency_key');
    if (body) headers['Content-Type'] = 'application/json';
    try {
      const answer = await fetch(path + (query.size ? `?${query}` : ''), {
        method: form.dataset.try, headers, body: body || undefined,
        credentials: 'omit', cache: 'no-store', redirect: 'error',
      });
      const text = await answer.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* shown as it came */ }
      tell(form, `Answer: ${answer.status}`, shown);
    } catch {
      tell(form, 'No answer came. Repeat it under the same Idempotency-Key.', '');
    }
  };
  document.addEventListener('submit', (e) => {
    if (!e.target.dataset.try) return;
    e.preventDefault();
    delete e.target.dataset.sent;
    const button = e.target.querySelector('button');
    button.disabled = true;
    send(e.target).finally(() => { button.disabled = false; });
  });
})();

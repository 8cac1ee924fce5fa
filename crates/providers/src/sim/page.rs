//! The one look of every simulated provider's pages. Readable and usable without script.

/// A page, named for what is to be done on it. Says on top whose simulation it is.
pub(crate) fn page(provider: &str, title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} - simulated {provider}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>{STYLE}</style></head>\
         <body><main><p class=\"sim\">Simulated {provider}. No money moves.</p><h1>{title}</h1>{body}</main></body></html>"
    )
}

/// What the payer is asked for.
pub(crate) struct Due<'a> {
    pub(crate) merchant: &'a str,
    /// With its sign and decimals, ready to show.
    pub(crate) amount: &'a str,
    pub(crate) what: &'a str,
}

/// One way to pay: its value in the form, its name, and more fields beneath it (HTML).
pub(crate) struct Choice<'a> {
    pub(crate) value: &'a str,
    pub(crate) label: &'a str,
    pub(crate) more: String,
}

/// How a page's form can end besides paying and leaving.
pub(crate) struct Endings<'a> {
    /// Holding the money without taking it can be had.
    pub(crate) authorize: bool,
    /// Reasons to fail, in the provider's words.
    pub(crate) reasons: &'a [&'a str],
}

/// The page to pay on. Posts `method`, `outcome` (`pay`, `leave`, `authorize`, `fail`, `silent`), `reason`, `late_ms`
/// and the hidden fields to `action`.
pub(crate) fn pay_page(
    provider: &str,
    due: &Due<'_>,
    action: &str,
    hidden: &str,
    choices: &[Choice<'_>],
    endings: &Endings<'_>,
) -> String {
    let methods: String = choices
        .iter()
        .enumerate()
        .map(|(at, c)| {
            let checked = if at == 0 { "checked" } else { "" };
            let (value, label, more) = (escape(c.value), escape(c.label), &c.more);
            format!(
                "<label class=\"method\"><input type=\"radio\" name=\"method\" value=\"{value}\" {checked}> {label}</label>{more}"
            )
        })
        .collect();
    let authorize = if endings.authorize {
        "<button name=\"outcome\" value=\"authorize\">Authorize only</button>"
    } else {
        ""
    };
    let body = format!(
        "<p class=\"to\">{merchant}</p><p class=\"amount\">{amount}</p><p class=\"to\">{what}</p>\
         <form method=\"post\" action=\"{action}\">{hidden}<fieldset><legend>Pay with</legend>{methods}</fieldset>\
         <button class=\"main\" name=\"outcome\" value=\"pay\">Pay</button>\
         <button name=\"outcome\" value=\"leave\">Leave without paying</button>\
         <details><summary>Other endings</summary>{authorize}\
         {reasons}<button name=\"outcome\" value=\"fail\">Fail</button>\
         {later}<button name=\"outcome\" value=\"silent\">Go silent</button></details></form>",
        reasons = select("reason", "Reason", endings.reasons.iter().map(|r| (*r, *r))),
        later = select("late_ms", "The bank says yes", LATER.iter().copied()),
        merchant = escape(due.merchant),
        amount = escape(due.amount),
        what = escape(due.what),
        action = escape(action),
    );
    page(provider, "Pay", &body)
}

/// Sends the payer back by a form that submits itself where script runs, and has a button where it doesn't.
/// `method` is `get` or `post`; `said` is the page's title.
pub(crate) fn send_back(
    provider: &str,
    said: &str,
    method: &str,
    url: &str,
    fields: &[(String, String)],
) -> String {
    // A GET form drops the query of its address, so what stood there travels as fields.
    let (action, kept) = match url.split_once('?') {
        Some((bare, query)) if method == "get" => (bare, super::http::pairs(query)),
        _ => (url, Vec::new()),
    };
    let fields: String = kept.iter().chain(fields).map(|(name, value)| hidden_input(name, value)).collect();
    let body = format!(
        "<p>Going back to the merchant.</p><form id=\"back\" method=\"{method}\" action=\"{}\">{fields}\
         <button class=\"main\">Continue</button></form>\
         <script>document.getElementById('back').submit()</script>",
        escape(action),
    );
    page(provider, said, &body)
}

const LATER: &[(&str, &str)] = &[
    ("", "never"),
    ("60000", "after 1 minute"),
    ("900000", "after 15 minutes"),
    ("3600000", "after 1 hour"),
];

pub(crate) fn select<'a>(
    name: &str,
    label: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let options: String = options
        .map(|(value, shown)| format!("<option value=\"{}\">{}</option>", escape(value), escape(shown)))
        .collect();
    format!("<select name=\"{name}\" aria-label=\"{label}\">{options}</select>")
}

pub(crate) fn hidden_input(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
}

pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

const STYLE: &str = "*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;\
padding:1rem;background:#eef1f6;color:#0f1b33;font:16px/1.5 system-ui,sans-serif}main{width:100%;max-width:26rem;\
padding:1.75rem;background:#fff;border-radius:.75rem;box-shadow:0 1px 2px #0f1b3322,0 8px 24px #0f1b3318}\
h1{margin:.25rem 0 1rem;font-size:1.25rem}.sim{margin:0;font-size:.8125rem;color:#5b6780}.to{margin:0;color:#5b6780}\
.amount{margin:0 0 .25rem;font-size:2rem;font-weight:650;font-variant-numeric:tabular-nums}\
fieldset{margin:1.25rem 0;padding:0;border:0}legend{padding:0;font-weight:600}.method{display:block;margin-top:.75rem}\
select,input:not([type=radio]){width:100%;margin-top:.25rem;padding:.5rem .625rem;font:inherit;color:inherit;\
background:#fff;border:1px solid #c6cedd;border-radius:.5rem}button{width:100%;margin-top:.625rem;padding:.625rem;\
font:inherit;font-weight:600;color:#1b3fae;background:#fff;border:1px solid #c6cedd;border-radius:.5rem;cursor:pointer}\
button.main{color:#fff;background:#1f4fd8;border-color:#1f4fd8}button:focus-visible,select:focus-visible,\
input:focus-visible,summary:focus-visible{outline:3px solid #1f4fd866;outline-offset:2px}\
details{margin-top:1.25rem}summary{cursor:pointer;color:#5b6780}details select{margin-top:1rem}";

"use strict";
// The conversations are unpacked once and drawn when they are opened. Text goes in as text, never as markup.
(() => {
  const PAGE = 60;
  const by = (id) => document.getElementById(id);

  function make(tag, kind, ...inside) {
    const node = document.createElement(tag);
    if (kind) node.className = kind;
    for (const each of inside.flat(Infinity)) if (each !== null && each !== undefined && each !== "") node.append(each);
    return node;
  }

  async function unpacked() {
    const bytes = Uint8Array.from(atob(by("data").textContent.trim()), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  const key = (one) => one.id + ":" + one.seed;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const short = (value) => typeof value === "string" ? value : JSON.stringify(value);

  function result(one) {
    if (one.error) return "error";
    if (one.void) return "void";
    return one.passed ? "passed" : "failed";
  }

  const MARKS = { passed: ["✓", "good"], failed: ["✗", "bad"], error: ["!", "bad"], void: ["∅", "soft"] };

  function reasons(one) {
    const checks = (one.verdicts || []).map((verdict) => verdict.check);
    return [one.error, ...new Set(checks), ...(one.void || [])].filter(Boolean).join(" · ");
  }

  function table(pairs) {
    return make("table", "", pairs.map(([name, value]) => make("tr", "", make("td", "soft", name), make("td", "", value))));
  }

  function folded(title, ...inside) {
    return make("details", "works", make("summary", "", title), ...inside);
  }

  function chances(selection) {
    const likely = Object.entries(selection.probabilities || {}).sort((a, b) => b[1] - a[1]);
    const top = likely.length ? likely[0][1] : 1;
    const drawn = selection.suggestion || "none";
    return make("table", "", likely.map(([name, chance]) => {
      const line = make("span", "chance");
      line.style.width = (7 * chance / top).toFixed(2) + "rem";
      const lean = (selection.leans || {})[name];
      return make("tr", name === drawn ? "drawn" : "", make("td", "", name), make("td", "n", (100 * chance).toFixed(1) + " %"),
        make("td", "", line), make("td", "soft", lean === undefined ? "" : "leans " + short(lean)));
    }));
  }

  function selected(selection) {
    if (!selection) return null;
    const rows = [];
    const refused = Object.entries(selection.refused || {}).map(([name, why]) => name + ": " + short(why));
    if (refused.length) rows.push(["refused", refused.join(", ")]);
    if (selection.eligible) rows.push(["eligible", selection.eligible.join(", ")]);
    if (selection.offered) rows.push(["offered to the model", selection.offered.join(", ")]);
    if (selection.score !== undefined) rows.push(["likely to buy", (100 * selection.score).toFixed(1) + " %"]);
    const title = "selection drew " + (selection.suggestion || "nothing") +
      (selection.propensity === undefined ? "" : " (" + (100 * selection.propensity).toFixed(1) + " %)");
    return folded(title, chances(selection), table(rows));
  }

  function called(tool) {
    const given = Object.entries(tool.args || {}).map(([name, value]) => name + "=" + short(value)).join(", ");
    return make("div", "works", make("code", tool.missing ? "bad" : "", tool.name + "(" + given + ")" + (tool.missing ? " → " + tool.missing : "")));
  }

  function details(turn) {
    const rows = [];
    for (const [name, value] of Object.entries(turn.read || {})) rows.push([name, short(value)]);
    for (const event of turn.events || []) rows.push(["event", event.kind + (event.payload ? " " + short(event.payload) : "")]);
    for (const consent of turn.consents || []) rows.push(["consent", consent.kind + (consent.granted ? " granted" : " withdrawn")]);
    if (turn.model) rows.push(["model", turn.model + ", " + (turn.calls || 0) + " calls, " + turn.chars.join(" + ") + " characters"]);
    const parts = [rows.length ? table(rows) : null];
    if (turn.facts) parts.push(make("p", "soft", "evidence"), table(turn.facts));
    return rows.length || turn.facts ? folded("what she understood and did", ...parts) : null;
  }

  function turnNode(turn, parts) {
    const heard = (turn.heard || []).map((text) => make("p", "them", text));
    const done = turn.heard || !turn.step ? [] : [make("p", "done", Object.entries(turn.step).map(([name, value]) => name + " " + short(value)).join(", "))];
    const said = (turn.texts || []).map((text) => make("p", "us", text));
    const buttons = (turn.buttons || []).map((button) => make("span", "", button.label));
    const files = (turn.media || []).map((file) => make("p", "done", file.kind + " " + file.path));
    const desk = (turn.advisor || []).map((text) => make("p", "done", "to the advisor: " + text));
    const head = "turn " + turn.n + " · " + turn.at.replace("T", " ") + " · " + turn.stage + (turn.prelude ? " · walked" : "");
    return make("div", "turn" + (parts ? " parts" : ""), make("div", "head", head),
      make("div", "chat", heard, done, said, buttons.length ? make("div", "buttons", buttons) : null, files, desk),
      (turn.tools || []).map(called), selected(turn.selection), details(turn));
  }

  function verdictNode(verdict) {
    const place = verdict.turn ? "turn " + verdict.turn : "at the end";
    return make("div", "failure" + (verdict.gate ? " gate" : ""), make("code", "", verdict.check), make("span", "soft", " " + place),
      verdict.gate ? make("b", "tag bad", verdict.gate + " gate") : null,
      make("dl", "", make("dt", "", "expected"), make("dd", "", verdict.expected), make("dt", "", "actual"), make("dd", "", verdict.actual)));
  }

  function parting(left, right) {
    const told = (turn) => turn ? JSON.stringify([turn.heard, turn.texts]) : "";
    for (let place = 0; place < Math.max(left.length, right.length); place += 1)
      if (told(left[place]) !== told(right[place])) return place;
    return -1;
  }

  function about(one) {
    const ended = "ended in " + one.end + ", right would be " + (one.right || []).join(" or ") + (one.left ? " · " + one.left : "");
    return [make("p", "soft", one.persona + (one.arm ? ", arm " + one.arm : "") + " · " + ended),
      one.error ? make("p", "bad", one.error) : null, (one.void || []).map((fault) => make("p", "warn", "prospect: " + fault)),
      (one.verdicts || []).map(verdictNode)];
  }

  function database(one) {
    const rows = Object.entries(one.rows || {}).flatMap(([name, lines]) => lines.map((line) => [name, short(line)]));
    return folded("in the database at the end", table([["lead", short(one.lead || {})], ...rows]));
  }

  function body(one) {
    const turns = one.turns || [], walked = turns.filter((turn) => turn.prelude).map((turn) => turnNode(turn));
    return [about(one), walked.length ? folded("the way there: " + walked.length + " turns", walked) : null,
      turns.filter((turn) => !turn.prelude).map((turn) => turnNode(turn)), database(one)];
  }

  function talk(one, filled) {
    const kind = result(one), [mark, colour] = MARKS[kind];
    const node = make("details", "talk", make("summary", "", make("span", "mark " + colour, mark),
      make("span", "name", one.suite + "/" + one.id), make("span", "meta", "seed " + one.seed + " · " + one.persona + " · " + one.end + " · " + (one.turns || []).length + " turns"),
      (one.fell || []).map((gate) => make("b", "tag bad", gate + " gate")), make("span", "why", reasons(one))));
    node.addEventListener("toggle", () => {
      if (node.open && node.children.length === 1) node.append(make("div", "inside", filled()));
    });
    return node;
  }

  function sideBySide(old, now) {
    const left = old.turns || [], right = now.turns || [], place = parting(left, right);
    const cell = (one, turns, number) => turns[number] ? turnNode(turns[number], number === place) : make("div", "turn soft", "had ended");
    const numbers = [...Array(Math.max(left.length, right.length)).keys()];
    const row = (number) => make("div", "two", cell(old, left, number), cell(now, right, number));
    const same = place < 0 ? numbers : numbers.slice(0, place);
    return make("div", "", make("div", "two", make("div", "", make("h4", "", "A ", make("span", "soft", result(old))), about(old)),
      make("div", "", make("h4", "", "B ", make("span", "soft", result(now))), about(now))),
      same.length ? folded("said alike: " + same.length + " turns", same.map(row)) : null,
      numbers.slice(same.length).map(row), make("div", "two", database(old), database(now)));
  }

  function words(one) {
    if (!one.words) one.words = plain(JSON.stringify([one.suite, one.id, one.persona, one.end, one.error, one.verdicts, one.void,
      (one.turns || []).map((turn) => [turn.heard, turn.texts, turn.tools, turn.stage])]));
    return one.words;
  }

  function start(data) {
    const before = new Map(data.before.map((one) => [key(one), one]));
    const shown = { list: [], count: 0 };
    const tools = (one) => new Set((one.turns || []).flatMap((turn) => (turn.tools || []).map((tool) => tool.name)));
    const fields = { suite: (one) => [one.suite], persona: (one) => [one.persona], end: (one) => [one.end], tool: (one) => [...tools(one)] };

    function options() {
      for (const [name, values] of Object.entries(fields)) {
        const known = [...new Set(data.now.flatMap(values))].sort();
        for (const value of known) by(name).append(new Option(value, value));
      }
    }

    function fits(one) {
      const wanted = by("result").value;
      const gate = (one.fell || []).length > 0, flipped = before.has(key(one));
      if (wanted && !(wanted === "gate" ? gate : wanted === "flipped" ? flipped : result(one) === wanted)) return false;
      for (const [name, values] of Object.entries(fields)) if (by(name).value && !values(one).includes(by(name).value)) return false;
      return plain(by("search").value).split(/\s+/).filter(Boolean).every((word) => words(one).includes(word));
    }

    function more() {
      const next = shown.list.slice(shown.count, shown.count + PAGE);
      by("list").append(...next.map((one) => talk(one, () => before.has(key(one)) ? sideBySide(before.get(key(one)), one) : body(one))));
      shown.count += next.length;
      by("more").hidden = shown.count >= shown.list.length;
    }

    function draw() {
      shown.list = data.now.filter(fits);
      shown.count = 0;
      by("list").replaceChildren();
      by("count").textContent = shown.list.length + " of " + data.now.length;
      more();
    }

    function goTo() {
      const wanted = decodeURIComponent(location.hash).match(/^#c=(.+)$/);
      if (!wanted) return;
      const one = data.now.find((each) => key(each) === wanted[1]);
      if (!one) return;
      by("filters").reset();
      by("search").value = one.id;
      draw();
      const node = [...by("list").children][shown.list.indexOf(one)];
      if (node) { node.open = true; node.scrollIntoView(); }
    }

    options();
    by("filters").hidden = false;
    by("filters").addEventListener("submit", (event) => event.preventDefault());
    by("filters").addEventListener("input", draw);
    by("more").addEventListener("click", more);
    window.addEventListener("hashchange", goTo);
    if (by("flips")) {
      const flipped = data.now.filter((one) => before.has(key(one))).sort((a, b) => a.passed - b.passed);
      by("flips").append(...flipped.map((one) => talk(one, () => sideBySide(before.get(key(one)), one))));
    }
    draw();
    goTo();
    document.body.dataset.ready = "yes";
  }

  unpacked().then(start).catch((error) => {
    by("trouble").hidden = false;
    by("trouble").textContent = "The conversations cannot be shown; a browser of 2023 or later can. (" + error + ")";
  });
})();

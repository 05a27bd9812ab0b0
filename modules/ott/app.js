// The subtitle editor: a film with its cues over it, a timeline with thumbnails, waveform and shot changes, and the list of
// cues; drawn, dragged, split and written with a mouse, a finger or the keyboard. Runs in a gr.HTML, which gives: element,
// props, watch.
// props.value: {edit, cues: [{start, end, text, speaker, by, forced, top, align}]}, times in seconds; the page's Python reads
// it after each edit. What Python says comes as events: "hallyu-ott-film" (a film that was opened), "hallyu-ott-cues" (cues
// to take over: a draft, a file, a repair), "hallyu-ott-checked" (what the guide says of edit number n, and what it counts),
// and "hallyu-ott-file" (a file to save).

const say = props.words[navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en"];
const find = (selector) => element.querySelector(selector);
const make = (tag, about = {}) => Object.assign(document.createElement(tag), about);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const [bench, video, over, scroller, lane, wide, canvas, line, list, text, faults, told] =
  [".bench", "video", ".over", ".scroller", ".lane", ".wide", "canvas", ".playhead", ".list", ".text", ".faults", ".told"].map(find);
const RULER = 20, THUMBS = 46, WAVE = 58, CLOSEST = 400, SNAP = 7, LENGTH = 2, WAIT = 250;

let film = {seconds: 60, rate: [24, 1], cuts: [], every: 1, columns: 1, thumbs: 0, thumb: [160, 90]};
let peaks = new Uint8Array(0), sheet = null, zoom = 40, fits = true;
let cues = [], selected = -1, done = [], undone = [], edit = 0, writing = null;
let checked = {edit: -1, findings: [], counts: [], gap: 2};
let byCue = new Map(), taken = 0, saved = 0;

// --- Time: what is moved is moved by frames

const rate = () => film.rate[0] / film.rate[1];
const frameOf = (seconds) => Math.round(seconds * rate());
const timeOf = (frame) => frame * film.rate[1] / film.rate[0];
const onFrame = (seconds) => timeOf(frameOf(seconds));
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
const pad = (number) => String(number).padStart(2, "0");

// As hallyu.timecode writes it; drop-frame numbers at 29.97 and 59.94.
function timecode(seconds) {
  const nominal = Math.round(rate()), drop = film.rate[1] === 1001 && nominal % 30 === 0;
  let frame = frameOf(seconds);
  if (drop) {
    const skipped = nominal / 15, minute = 60 * nominal - skipped, ten = 10 * minute + skipped;
    const tens = Math.floor(frame / ten), rest = frame % ten;
    frame += skipped * (9 * tens + (rest < 60 * nominal ? 0 : 1 + Math.floor((rest - 60 * nominal) / minute)));
  }
  const whole = Math.floor(frame / nominal);
  return `${pad(Math.floor(whole / 3600))}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}${drop ? ";" : ":"}${pad(frame % nominal)}`;
}

// Seconds of a timecode that was typed, or of seconds; null where it is neither.
function parsed(typed) {
  const found = typed.trim().match(/^(?:(\d{1,2}):)?(?:(\d{1,2}):)?(\d{1,2})[:;](\d{1,3})$/);
  if (!found) return /^\d+(\.\d+)?$/.test(typed.trim()) ? onFrame(Number(typed)) : null;
  const [hours, minutes] = found[2] === undefined ? [0, found[1] ?? 0] : [found[1], found[2]];
  const nominal = Math.round(rate()), passed = Number(hours) * 60 + Number(minutes);
  let frame = (passed * 60 + Number(found[3])) * nominal + Number(found[4]);
  if (film.rate[1] === 1001 && nominal % 30 === 0) frame -= nominal / 15 * (passed - Math.floor(passed / 10));
  return timeOf(frame);
}

// --- Editing: every change goes through commit, which can be undone

function commit(changed, keep) {
  done.push(JSON.stringify(cues));
  if (done.length > 200) done.shift();
  undone = [];
  put(changed, keep);
}

function put(changed, keep) {
  const held = cues.length;
  cues = changed.map((cue, at) => [cue, at]).sort((a, b) => a[0].start - b[0].start || a[1] - b[1]).map(([cue]) => cue);
  if (keep) selected = cues.indexOf(keep);
  selected = clamp(selected, cues.length ? 0 : -1, cues.length - 1);
  edit += 1;
  if (changed.length !== held) byCue = new Map(); // else marks stay until the next check, and do not flicker with each letter
  show();
  clearTimeout(put.waiting);
  put.waiting = setTimeout(send, WAIT);
}

function send() {
  clearTimeout(put.waiting);
  put.waiting = 0;
  props.value = {edit, cues: cues.map((cue) => ({...cue}))};
}

// Before anything else on the page is pressed, Python has the last letter.
function flush() { if (put.waiting) send(); }
window.addEventListener("pointerdown", flush, true);
element.addEventListener("focusout", flush);

function back(from, to) {
  if (!from.length) return;
  writing = null;
  to.push(JSON.stringify(cues));
  put(JSON.parse(from.pop()));
  tell();
}

function change(at, about) {
  if (!cues[at]) return;
  const cue = {...cues[at], ...about};
  cue.start = clamp(cue.start, 0, Math.max(0, film.seconds - timeOf(1)));
  cue.end = clamp(cue.end, 0, film.seconds);
  commit(cues.map((each, i) => i === at ? cue : each), cue);
  tell();
}

function move(at, start, end) {
  const cue = cues[at];
  change(at, {start: onFrame(cue.start + timeOf(start)), end: onFrame(cue.end + timeOf(end))});
}

function add() {
  let start = onFrame(video.currentTime);
  const here = cues.find((cue) => cue.start <= start && cue.end > start);
  if (here) start = onFrame(here.end + timeOf(checked.gap));
  const next = cues.find((cue) => cue.start > start);
  const room = next ? next.start - timeOf(checked.gap) - start : Infinity;
  const length = room >= timeOf(Math.round(rate() * 5 / 6)) ? Math.min(LENGTH, room) : timeOf(Math.round(rate() * 5 / 6));
  const cue = {start, end: onFrame(Math.min(film.seconds, start + length)), text: "", speaker: "", by: "", forced: false, top: false, align: "center"};
  commit([...cues, cue], cue);
  write();
}

// Where the words part: at the cursor, at the end of a line, or at the space that lies nearest to the time.
function parted(words, share) {
  const cursor = text.selectionStart;
  const middles = [...words.matchAll(/[ \n]/g)].map((found) => found.index);
  const lines = middles.filter((at) => words[at] === "\n");
  const near = (places, at) => places.reduce((best, place) => Math.abs(place - at) < Math.abs(best - at) ? place : best, places[0] ?? at);
  const at = document.activeElement === text && cursor > 0 && cursor < words.length ? cursor
    : near(lines.length ? lines : middles, Math.round(words.length * share));
  return [words.slice(0, at).trim(), words.slice(at).trim()];
}

function split() {
  const cue = cues[selected];
  if (!cue) return;
  const least = timeOf(2 + checked.gap), now = onFrame(video.currentTime);
  if (cue.end - cue.start < 2 * least) return tell(say.too_short);
  const at = now > cue.start + least && now < cue.end - least ? now : onFrame((cue.start + cue.end) / 2);
  const [before, after] = parted(cue.text, (at - cue.start) / (cue.end - cue.start));
  const first = {...cue, text: before, end: onFrame(at - timeOf(checked.gap))}, second = {...cue, text: after, start: at};
  commit([...cues.slice(0, selected), first, second, ...cues.slice(selected + 1)], first);
  tell();
}

function merge() {
  const [cue, next] = [cues[selected], cues[selected + 1]];
  if (!next) return tell(say.no_next);
  const both = {...cue, end: Math.max(cue.end, next.end), text: [cue.text, next.text].filter(Boolean).join("\n"), by: cue.by === next.by ? cue.by : ""};
  commit([...cues.slice(0, selected), both, ...cues.slice(selected + 2)], both);
  tell();
}

function remove() {
  if (!cues[selected]) return;
  commit(cues.filter((_, at) => at !== selected));
  tell(fill(say.deleted, {cues: cues.length}));
}

function choose(at, seek = true) {
  if (!cues.length) return;
  writing = null;
  selected = clamp(at, 0, cues.length - 1);
  if (seek) go(cues[selected].start);
  show();
  reveal(cues[selected].start, cues[selected].end);
  tell();
}

function go(seconds) {
  const at = clamp(seconds, 0, film.seconds);
  // A little into the frame, so that it is this one that is shown and not the one before.
  if (video.src) video.currentTime = Math.min(at + 0.002, film.seconds);
  else video.dataset.at = at;
  frame();
}

// --- Drawing

const left = (seconds) => seconds * zoom;
const plainly = (words) => words.replace(/<\/?i>/g, "");
const worst = (at) => ["error", "warning", "advice"].find((severity) => byCue.get(at)?.some((each) => each.severity === severity)) ?? "";
const codes = (at) => [...new Set((byCue.get(at) ?? []).map((each) => each.code))];

function describe(at) {
  // Marks may be of the edit before; what is read out is not.
  const cue = cues[at], found = checked.edit === edit ? codes(at) : [];
  const about = fill(say.cue, {n: at + 1, start: timecode(cue.start), end: timecode(cue.end), text: plainly(cue.text) || say.no_words});
  return found.length ? `${about} ${fill(say.breaks, {codes: found.join(", ")})}` : about;
}

function tell(sentence) { told.textContent = sentence ?? (cues[selected] ? describe(selected) : ""); }

function show() {
  // A film of up to 20 s is seen whole, as soon as its tab is open and has a width.
  if (!fits && scroller.clientWidth) [zoom, fits] = [clamp(scroller.clientWidth / Math.min(film.seconds, 20), 20, 100), true];
  bench.classList.toggle("bare", !film.url);
  wide.style.width = `${Math.ceil(film.seconds * zoom)}px`;
  for (const [selector, off] of [[".undo", !done.length], [".redo", !undone.length], [".delete", selected < 0], [".split", selected < 0], [".merge", selected < 0 || selected > cues.length - 2]]) find(selector).disabled = off;
  find(".amount").textContent = amount();
  rows();
  form();
  draw();
  frame();
}

function amount() {
  if (!cues.length) return say.no_cues;
  const count = (severity) => checked.findings.filter((each) => each.severity === severity).length;
  return checked.edit === edit ? fill(say.amount, {cues: cues.length, errors: count("error"), warnings: count("warning")}) : fill(say.checking, {cues: cues.length});
}

function rows() {
  const shown = list.children;
  cues.forEach((cue, at) => {
    const row = shown[at] ?? list.appendChild(make("li")), found = codes(at), key = JSON.stringify([at, cue.start, cue.end, cue.text, found, at === selected, film.rate]);
    if (row.dataset.key === key) return;
    row.dataset.key = key;
    const button = row.firstChild ?? row.appendChild(make("button", {type: "button"}));
    button.className = `row ${worst(at)}${at === selected ? " selected" : ""}`;
    button.dataset.at = at;
    button.tabIndex = at === selected ? 0 : -1;
    button.toggleAttribute("aria-current", at === selected);
    button.replaceChildren(
      make("span", {className: "number", textContent: at + 1}),
      make("span", {className: "time", textContent: `${timecode(cue.start)} – ${timecode(cue.end)}`}),
      make("span", {className: "words", textContent: plainly(cue.text) || say.no_words}),
      make("span", {className: "codes", textContent: found.join(" ")}),
    );
  });
  while (shown.length > cues.length) list.lastChild.remove();
}

function form() {
  const cue = cues[selected];
  find(".which").textContent = cue ? fill(say.which, {n: selected + 1, cues: cues.length}) : say.none_chosen;
  for (const field of element.querySelectorAll(".writing :is(input, textarea)")) field.disabled = !cue;
  const set = (selector, value) => { const field = find(selector); if (document.activeElement !== field || field.dataset.of !== String(selected)) field.value = value; field.dataset.of = selected; };
  set(".text", cue?.text ?? "");
  set(".start", cue ? timecode(cue.start) : "");
  set(".end", cue ? timecode(cue.end) : "");
  set(".speaker", cue?.speaker ?? "");
  find(".forced").checked = cue?.forced ?? false;
  find(".top").checked = cue?.top ?? false;
  const counted = checked.edit === edit ? checked.counts[selected] : null;
  if (!cue) find(".counted").textContent = "";
  else if (counted) find(".counted").textContent = fill(say.counted, {widths: counted[0].join(" + ") || "0", width: checked.width, speed: counted[1], limit: checked.cps});
  find(".by").textContent = cue?.by ? fill(say.by, {by: cue.by}) : "";
  faults.replaceChildren(...(cue ? byCue.get(selected) ?? [] : []).map((each) => {
    const row = make("li", {className: each.severity});
    row.append(make("code", {textContent: each.code}), " ", each.says);
    return row;
  }));
}

// Only what can be seen is drawn, so that a film may last for hours.
function draw() {
  cancelAnimationFrame(draw.asked);
  draw.asked = requestAnimationFrame(() => {
    const width = scroller.clientWidth, dense = devicePixelRatio || 1, first = scroller.scrollLeft / zoom, last = (scroller.scrollLeft + width) / zoom;
    if (!width) return;
    if (canvas.width !== Math.round(width * dense)) canvas.width = Math.round(width * dense);
    if (canvas.height !== Math.round(canvas.clientHeight * dense)) canvas.height = Math.round(canvas.clientHeight * dense);
    const pen = canvas.getContext("2d"), height = canvas.clientHeight, x = (seconds) => seconds * zoom - scroller.scrollLeft;
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, width, height);
    ruler(pen, x, first, last);
    pen.save();
    pen.rect(x(0), 0, film.seconds * zoom, height);
    pen.clip();
    if (sheet?.complete && film.thumbs) {
      const high = THUMBS - 2, across = high * film.thumb[0] / film.thumb[1];
      for (let place = Math.floor(left(first) / across); place * across < left(last); place++) {
        const seconds = (place + 0.5) * across / zoom, number = clamp(Math.round(seconds / film.every), 0, film.thumbs - 1);
        if (place * across / zoom >= film.seconds) break;
        pen.drawImage(sheet, number % film.columns * film.thumb[0], Math.floor(number / film.columns) * film.thumb[1], ...film.thumb, place * across - scroller.scrollLeft, RULER, across, high);
      }
    }
    wave(pen, x, first, last);
    pen.fillStyle = "#d9480f";
    for (const cut of film.cuts) if (cut >= first && cut <= last) pen.fillRect(Math.round(x(cut)), RULER - 4, 1, height);
    pen.restore();
    marks(first - width / zoom, last + width / zoom);
  });
}

function ruler(pen, x, first, last) {
  const step = [0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600].find((each) => each * zoom >= 72) ?? 1200;
  pen.fillStyle = "#566072";
  pen.font = "11px system-ui, sans-serif";
  for (let at = Math.floor(first / step) * step; at <= Math.min(last, film.seconds); at += step) {
    pen.fillRect(Math.round(x(at)), RULER - 6, 1, 6);
    const minutes = Math.floor(at / 60), rest = at % 60;
    pen.fillText(`${minutes}:${step < 1 ? rest.toFixed(2).padStart(5, "0") : pad(rest)}`, x(at) + 3, RULER - 8);
  }
}

function wave(pen, x, first, last) {
  const top = RULER + THUMBS, middle = top + WAVE / 2;
  pen.fillStyle = "#eef1f5";
  pen.fillRect(x(0), top, Math.min(film.seconds * zoom, pen.canvas.width), WAVE);
  if (!peaks.length) return;
  pen.fillStyle = "#7aa7a3";
  const from = Math.max(0, Math.floor(x(first))), to = Math.ceil(x(Math.min(last, film.seconds)));
  for (let place = from; place < to; place++) {
    const a = Math.floor((place + scroller.scrollLeft) / zoom * film.peaks), b = Math.max(a + 1, Math.floor((place + 1 + scroller.scrollLeft) / zoom * film.peaks));
    let high = 0;
    for (let n = a; n < b && n < peaks.length; n++) high = Math.max(high, peaks[n]);
    const size = Math.max(1, high / 255 * (WAVE - 4));
    pen.fillRect(place, middle - size / 2, 1, size);
  }
}

// The cues as buttons; a second row for those that overlap.
function marks(first, last) {
  const shown = new Map([...lane.querySelectorAll(".cue")].map((button) => [Number(button.dataset.at), button]));
  const held = lane.contains(document.activeElement) ? Number(document.activeElement.dataset.at) : -1;
  let until = -1;
  cues.forEach((cue, at) => {
    const second = cue.start < until - 1e-6;
    if (!second) until = cue.end;
    if (at !== selected && (cue.end < first || cue.start > last)) return;
    let button = shown.get(at);
    shown.delete(at);
    if (!button) {
      button = make("button", {type: "button"});
      button.dataset.at = at;
      button.append(make("span"));
      const next = [...lane.children].find((each) => Number(each.dataset.at) > at);
      lane.insertBefore(button, next ?? null);
    }
    button.className = `cue ${worst(at)}${at === selected ? " selected" : ""}${second ? " second" : ""}`;
    button.tabIndex = at === selected ? 0 : -1;
    button.style.left = `${left(cue.start)}px`;
    button.style.width = `${Math.max(8, left(cue.end - cue.start) - 1)}px`;
    button.firstChild.textContent = plainly(cue.text);
    button.setAttribute("aria-label", describe(at));
  });
  shown.forEach((button) => button.remove());
  if (held >= 0 && held !== selected && selected >= 0) focus();
}

function reveal(start, end = start) {
  const a = left(start) - 30, b = left(end) + 30;
  if (a < scroller.scrollLeft || b > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = Math.max(0, Math.min(a, (a + b - scroller.clientWidth) / 2 + 30));
  const row = list.children[selected];
  if (row) {
    if (row.offsetTop < list.scrollTop) list.scrollTop = row.offsetTop;
    else if (row.offsetTop + row.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = row.offsetTop + row.offsetHeight - list.clientHeight;
  }
}

function focus() { lane.querySelector(".cue.selected")?.focus({preventScroll: true}); }

// What is seen at this moment: the playhead, the timecode, and the cues over the picture.
let seen = "";
function frame() {
  const now = video.src ? video.currentTime : Number(video.dataset.at ?? 0);
  line.style.left = `${left(now)}px`;
  find(".now").textContent = timecode(Math.floor(now * rate() + 0.05) / rate());
  const shown = cues.filter((cue) => cue.start <= now + 0.001 && cue.end > now + 0.001), key = JSON.stringify(shown);
  if (key === seen) return;
  seen = key;
  over.replaceChildren(...shown.map((cue) => {
    const block = make("p", {className: cue.top ? "high" : ""}), words = make("span");
    block.style.textAlign = cue.align;
    let italic = false;
    for (const piece of cue.text.split(/(<\/?i>)/)) {
      if (piece === "<i>" || piece === "</i>") italic = piece === "<i>";
      else if (piece) words.append(make(italic ? "i" : "span", {textContent: piece}));
    }
    block.append(words);
    return block;
  }));
}

function follow() {
  frame();
  const x = left(video.currentTime) - scroller.scrollLeft;
  if (!drag && (x < 0 || x > scroller.clientWidth - 20)) scroller.scrollLeft = left(video.currentTime) - 40;
  if (!video.paused) requestAnimationFrame(follow);
}

// --- Mouse and finger: on a cue they move it or its ends; elsewhere a click seeks, and a finger pans

let drag = null;
const place = (event) => (event.clientX - wide.getBoundingClientRect().left) / zoom;

// To what lies within a few pixels: a shot change, a neighbour, the playhead; else to a frame.
function snapped(seconds, index, isEnd) {
  const gap = timeOf(checked.gap), near = [video.currentTime];
  for (const cut of film.cuts) near.push(isEnd ? cut - gap : cut);
  cues.forEach((cue, at) => { if (at !== index) near.push(isEnd ? cue.start - gap : cue.end + gap); });
  const best = near.reduce((best, each) => Math.abs(each - seconds) < Math.abs(best - seconds) ? each : best, Infinity);
  return onFrame(Math.abs(best - seconds) * zoom <= SNAP ? best : seconds);
}

lane.addEventListener("pointerdown", (event) => {
  const button = event.target.closest(".cue");
  if (!button || event.button !== 0) return;
  event.preventDefault();
  const at = Number(button.dataset.at), box = button.getBoundingClientRect(), x = event.clientX - box.left;
  const edge = Math.min(event.pointerType === "touch" ? 18 : 10, box.width / 3);
  writing = null;
  drag = {at, kind: x < edge ? "start" : box.width - x < edge ? "end" : "move", from: place(event), cue: {...cues[at]}, moved: false};
  selected = at;
  show();
  button.focus({preventScroll: true});
  lane.setPointerCapture(event.pointerId);
});

lane.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const by = place(event) - drag.from, least = timeOf(1), {cue, kind, at} = drag;
  if (!drag.moved && Math.abs(by) * zoom < 3) return;
  drag.moved = true;
  if (kind === "start") cues[at] = {...cue, start: clamp(snapped(cue.start + by, at, false), 0, cue.end - least)};
  else if (kind === "end") cues[at] = {...cue, end: clamp(snapped(cue.end + by, at, true), cue.start + least, film.seconds)};
  else {
    const start = clamp(snapped(cue.start + by, at, false), 0, Math.max(0, film.seconds - (cue.end - cue.start)));
    cues[at] = {...cue, start, end: onFrame(start + cue.end - cue.start)};
  }
  draw();
  form();
});

function drop() {
  if (!drag) return;
  const {at, cue, moved, kind} = drag, now = cues[at];
  drag = null;
  cues[at] = cue; // as it was, so that undoing takes it back
  if (!moved) return choose(at);
  change(at, {start: now.start, end: now.end});
  go(kind === "end" ? now.end - timeOf(1) : now.start);
  focus();
}
for (const kind of ["pointerup", "pointercancel"]) lane.addEventListener(kind, drop);
lane.addEventListener("dblclick", (event) => { if (event.target.closest(".cue")) write(); });

wide.addEventListener("click", (event) => { if (!event.target.closest(".cue") && !drag) go(place(event)); });
scroller.addEventListener("scroll", draw);
new ResizeObserver(() => { draw(); frame(); }).observe(scroller);

// --- Keyboard

const keys = {
  " ": () => play(), PageUp: () => choose(selected - 1), PageDown: () => choose(selected + 1),
  Home: () => choose(0), End: () => choose(cues.length - 1), Delete: remove, Backspace: remove, Enter: () => write(),
  Insert: add, n: add, s: split, m: merge,
  "[": () => cues[selected] && change(selected, {start: Math.min(onFrame(video.currentTime), cues[selected].end - timeOf(1))}),
  "]": () => cues[selected] && change(selected, {end: Math.max(onFrame(video.currentTime), cues[selected].start + timeOf(1))}),
};
const arrows = {ArrowLeft: -1, ArrowRight: 1};

scroller.addEventListener("keydown", (event) => {
  if (undoes(event)) return;
  if (event.ctrlKey || event.metaKey) return;
  const way = arrows[event.key];
  if (way && cues[selected]) {
    event.preventDefault();
    if (event.shiftKey) move(selected, 0, cues[selected].end + timeOf(way) > cues[selected].start + 1e-6 ? way : 0);
    else if (event.altKey) move(selected, cues[selected].start + timeOf(way) < cues[selected].end - 1e-6 ? way : 0, 0);
    else if (way > 0 || frameOf(cues[selected].start) > 0) move(selected, way, way);
    reveal(cues[selected].start, cues[selected].end);
    return afterwards();
  }
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
  if (!["Enter", "Insert", "n"].includes(event.key)) afterwards();
});

// The buttons are drawn with the next picture.
function afterwards() { requestAnimationFrame(() => requestAnimationFrame(() => selected >= 0 ? focus() : scroller.focus())); }

function undoes(event) {
  if (!(event.ctrlKey || event.metaKey) || !"zy".includes(event.key.toLowerCase())) return false;
  event.preventDefault();
  event.key.toLowerCase() === "y" || event.shiftKey ? back(undone, done) : back(done, undone);
  afterwards();
  return true;
}

function write() {
  show();
  text.focus();
  text.select();
}

list.addEventListener("click", (event) => { const row = event.target.closest(".row"); if (row) choose(Number(row.dataset.at)); });
list.addEventListener("keydown", (event) => {
  const way = {ArrowUp: -1, ArrowDown: 1}[event.key];
  if (event.key === "Enter") { event.preventDefault(); return write(); }
  if (!way) return;
  event.preventDefault();
  choose(selected + way);
  list.children[selected]?.firstChild.focus({preventScroll: true});
});

// --- The chosen cue's words and times

// What is typed into one cue, without leaving it, is one change.
function typed(about) {
  if (!cues[selected]) return;
  const cue = {...cues[selected], ...about, by: "text" in about ? "" : cues[selected].by};
  if (writing === selected) {
    cues[selected] = cue;
    put(cues, cue);
  } else commit(cues.map((each, at) => at === selected ? cue : each), cue);
  writing = selected;
}
text.addEventListener("input", () => typed({text: text.value}));
find(".speaker").addEventListener("input", (event) => typed({speaker: event.target.value}));
for (const field of element.querySelectorAll(".writing :is(input, textarea)")) field.addEventListener("blur", () => { writing = null; });
text.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { event.preventDefault(); writing = null; focus(); }
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); split(); }
});
for (const [selector, end] of [[".start", "start"], [".end", "end"]]) {
  find(selector).addEventListener("change", (event) => {
    const seconds = parsed(event.target.value), cue = cues[selected];
    if (!cue) return;
    if (seconds === null) { event.target.value = timecode(cue[end]); return tell(say.no_time); }
    change(selected, {[end]: seconds});
    event.target.value = timecode(cues[selected][end]);
  });
}
for (const key of ["forced", "top"]) find(`.${key}`).addEventListener("change", (event) => change(selected, {[key]: event.target.checked}));

// --- Tools

function play() { if (video.src) video.paused ? video.play() : video.pause(); }
function scale(factor) {
  const middle = (scroller.scrollLeft + scroller.clientWidth / 2) / zoom;
  zoom = clamp(zoom * factor, Math.min(2, scroller.clientWidth / film.seconds), CLOSEST);
  show();
  scroller.scrollLeft = middle * zoom - scroller.clientWidth / 2;
}
const tools = {
  ".play": play, ".add": add, ".split": split, ".merge": merge, ".delete": remove, ".undo": () => back(done, undone), ".redo": () => back(undone, done),
  ".before": () => go(video.currentTime - timeOf(1)), ".after": () => go(video.currentTime + timeOf(1) + 0.001),
  ".closer": () => scale(1.5), ".wider": () => scale(1 / 1.5),
};
for (const [selector, act] of Object.entries(tools)) {
  const button = find(selector), key = selector.slice(1);
  button.addEventListener("pointerdown", (event) => { if (selector === ".split") event.preventDefault(); }); // the cursor stays
  button.addEventListener("click", act);
  button.title = say[key];
  if (button.textContent) button.setAttribute("aria-label", say[key]);
  else button.textContent = say[key];
}
for (const [selector, key] of [[".text", "text"], [".start", "start"], [".end", "end"], [".speaker", "speaker"], [".forced", "forced"], [".top", "top"]]) find(selector).closest("label").querySelector("span").textContent = say[key];
for (const [selector, key] of [[".scroller", "timeline"], [".tools", "timeline"], [".list", "list"], ["video", "film"]]) find(selector).setAttribute("aria-label", say[key]);
find(".help summary").textContent = say.how;
find(".help p").textContent = say.help;
find(".bare_says").textContent = say.no_film;
video.addEventListener("play", () => { find(".play").textContent = say.pause; follow(); });
video.addEventListener("pause", () => { find(".play").textContent = say.play; frame(); });
for (const kind of ["seeked", "timeupdate", "loadeddata"]) video.addEventListener(kind, frame);
video.addEventListener("click", play);

// --- What Python says

const heard = {
  film: (detail) => {
    if (!detail?.id || detail.id === film.id) return;
    film = {...detail, url: detail.proxy.url};
    peaks = Uint8Array.from(atob(film.waveform), (letter) => letter.charCodeAt(0));
    sheet = Object.assign(new Image(), {onload: draw, src: film.sheet.url});
    video.src = film.url;
    video.style.aspectRatio = `${film.thumb[0]} / ${film.thumb[1]}`;
    fits = false;
    [cues, done, undone, selected, byCue] = [[], [], [], -1, new Map()];
    put([]);
    send();
    scroller.scrollLeft = 0;
  },
  cues: (detail) => {
    if (!detail?.id || detail.id === taken) return;
    taken = detail.id;
    [writing, byCue] = [null, new Map()];
    if (!film.url) film = {...film, rate: detail.rate, seconds: Math.max(60, ...detail.cues.map((cue) => cue.end + 10))};
    commit(detail.cues);
    send();
    if (cues.length) choose(Math.max(0, selected));
  },
  checked: (detail) => {
    if (!detail?.findings) return;
    checked = detail;
    if (checked.edit !== edit) return; // what was written since is being checked
    byCue = new Map();
    for (const each of checked.findings) byCue.set(each.cue, [...(byCue.get(each.cue) ?? []), each]);
    show();
  },
  file: (detail) => {
    if (!detail?.id || detail.id === saved) return;
    saved = detail.id;
    make("a", {href: detail.file.url, download: detail.name}).click();
  },
};

new IntersectionObserver((seen) => { if (seen[0].isIntersecting) show(); }).observe(scroller);
show();
for (const [name, take] of Object.entries(heard)) {
  window.addEventListener(`hallyu-ott-${name}`, ({detail}) => take(detail));
  take(window.hallyuOTT?.[name]);
}

// The piano roll: draw, drag, lengthen and delete notes with a mouse, a finger or the keyboard, hear them, and see the
// pitch that was sung over them. Runs in a gr.HTML, which gives: element, props, watch.
// props.value: {notes: [{start, length, pitch}]}, in beats and MIDI numbers; the page's Python sets it when a melody is
// opened and reads it after each edit. What the Python says besides comes as a "hallyu-music" event: syllables, tempo,
// beats a bar, the voice's range, and what was sung.

const say = props.words[navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en"];
const LOW = 36, HIGH = 96, NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const find = (selector) => element.querySelector(selector);
const [roll, scroller, grid, keys, line, curve] =
  [".roll", ".scroller", ".grid", ".keys", ".playhead", ".curve"].map(find);
const name = (pitch) => NAMES[pitch % 12] + (Math.floor(pitch / 12) - 1);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const rounded = (beats) => Math.round(beats * 96) / 96; // no rest of a third is lost, no 0.30000000000000004 shown

let notes = [], selected = 0, undone = [], done = [], lastLength = 1, zoom = 1;
let told = {...props.told};

// --- Drawing

function rowOf(pitch) { return HIGH - pitch; }
function unit() { return {beat: grid.clientWidth / (bars() * told.beats), row: grid.clientHeight / (HIGH - LOW + 1)}; }
function bars() {
  const end = Math.max(0, ...notes.map((note) => note.start + note.length));
  return Math.max(8, Math.ceil(end / told.beats) + 2);
}

function draw() {
  roll.style.setProperty("--beats", told.beats);
  roll.style.setProperty("--bars", bars());
  roll.style.setProperty("--low", rowOf(told.low) + 1);
  roll.style.setProperty("--high", rowOf(told.high));
  find(".bar-numbers").replaceChildren(...Array.from({length: bars()}, (_, at) => Object.assign(document.createElement("span"), {textContent: at + 1})));
  selected = Math.max(0, Math.min(selected, notes.length - 1));
  const shown = [...grid.querySelectorAll(".tone")];
  notes.forEach((note, at) => {
    const button = shown[at] ?? grid.appendChild(Object.assign(document.createElement("button"), {type: "button"}));
    const syllable = told.syllables[at];
    button.className = "tone" + (syllable ? "" : " silent") + (at === selected ? " selected" : "");
    button.tabIndex = at === selected ? 0 : -1;
    button.dataset.at = at;
    button.style.cssText = `--start:${note.start};--length:${note.length};--at:${rowOf(note.pitch)}`;
    button.replaceChildren(Object.assign(document.createElement("span"), {textContent: syllable ?? "?"}));
    button.setAttribute("aria-label", describe(at));
  });
  shown.slice(notes.length).forEach((button) => button.remove());
  grid.tabIndex = notes.length ? -1 : 0;
  find(".undo").disabled = !done.length;
  find(".redo").disabled = !undone.length;
  find(".delete").disabled = find(".clear").disabled = !notes.length;
  const words = told.syllables.length, odd = words !== notes.length;
  find(".count").textContent = fill(odd ? say.count_odd : say.count, {notes: notes.length, words});
  find(".count").classList.toggle("odd", odd);
}

function describe(at) {
  const note = notes[at], bar = Math.floor(note.start / told.beats) + 1, beat = note.start % told.beats + 1;
  const number = (value) => String(Math.round(value * 100) / 100);
  return fill(say.note, {n: at + 1, syllable: told.syllables[at] ?? "?", pitch: name(note.pitch), bar, beat: number(beat), length: number(note.length)});
}

function tell(at) { find(".told").textContent = describe(at); }

// --- Editing: every change goes through commit, which can be undone

function commit(changed, keep) {
  done.push(JSON.stringify(notes));
  undone = [];
  put(changed, keep);
}

function put(changed, keep) {
  notes = changed.sort((a, b) => a.start - b.start);
  if (keep) selected = notes.indexOf(keep);
  forget();
  draw();
  props.value = {notes: notes.map((note) => ({...note}))};
}

// A melody has one note at a time: the note that was moved stays, the others make room.
function alone(all, kept) {
  const end = kept.start + kept.length, others = [];
  for (const note of all) {
    if (note === kept) continue;
    const stop = note.start + note.length;
    if (note.start < kept.start) others.push({...note, length: Math.min(note.length, rounded(kept.start - note.start))});
    else if (stop > end) others.push(note.start >= end ? note : {...note, start: end, length: rounded(stop - end)});
  }
  return [...others, kept];
}

function back(from, to) {
  if (!from.length) return;
  to.push(JSON.stringify(notes));
  put(JSON.parse(from.pop()));
}

function change(at, edit, heard = false) {
  const note = {...notes[at], ...edit};
  note.start = Math.max(0, rounded(note.start));
  note.length = Math.max(rounded(1 / 8), rounded(note.length));
  note.pitch = Math.max(LOW, Math.min(HIGH, note.pitch));
  commit(alone(notes.filter((_, i) => i !== at), note), note);
  lastLength = note.length;
  if (heard) beep(note.pitch);
  tell(selected);
}

function add(start, pitch, length = lastLength) {
  const note = {start: rounded(start), length, pitch};
  commit(alone(notes, note), note);
  beep(pitch);
  tell(selected);
}

function remove(at) {
  if (!notes[at]) return;
  commit(notes.filter((_, i) => i !== at));
  find(".told").textContent = fill(say.deleted, {notes: notes.length});
}

// The whole melody into another key.
function shift(semitones) {
  const moved = notes.map((note) => ({...note, pitch: note.pitch + semitones}));
  if (notes.length && moved.every((note) => note.pitch >= LOW && note.pitch <= HIGH)) commit(moved);
}

// --- Mouse and finger. A finger pans the roll, taps to add a note, and drags only notes.

let drag = null;
const snap = () => Number(find(".snap").value);
const place = (event) => {
  const box = grid.getBoundingClientRect(), {beat, row} = unit();
  return {beat: (event.clientX - box.left) / beat, pitch: HIGH - Math.floor((event.clientY - box.top) / row)};
};
// Not event.target: after a press the grid has captured the pointer.
const under = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest(".tone");
const down = (value, step) => Math.floor(value / step + 1e-6) * step;
const near = (value, step) => Math.round(value / step) * step;

grid.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  const button = event.target.closest(".tone"), at = place(event);
  if (!button && event.pointerType === "touch") return;
  event.preventDefault();
  let index;
  if (button) {
    index = Number(button.dataset.at);
    const right = button.getBoundingClientRect().right;
    drag = {kind: right - event.clientX < Math.min(12, button.offsetWidth / 3) ? "length" : "move"};
  } else {
    const note = {start: rounded(down(Math.max(0, at.beat), snap())), length: snap(), pitch: at.pitch};
    index = notes.push(note) - 1;
    drag = {kind: "length", fresh: true};
    beep(note.pitch);
  }
  selected = index;
  Object.assign(drag, {from: at, note: {...notes[index]}, index, pitch: notes[index].pitch});
  draw();
  grid.querySelectorAll(".tone")[index].focus({preventScroll: true});
  grid.setPointerCapture(event.pointerId);
});

grid.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const at = place(event), beats = near(at.beat - drag.from.beat, snap()), note = notes[drag.index];
  if (drag.fresh) note.length = Math.max(snap(), rounded(down(at.beat, snap()) + snap() - note.start));
  else if (drag.kind === "length") note.length = Math.max(snap(), rounded(drag.note.length + beats));
  else {
    note.start = Math.max(0, rounded(drag.note.start + beats));
    note.pitch = Math.max(LOW, Math.min(HIGH, drag.note.pitch + at.pitch - drag.from.pitch));
    if (note.pitch !== drag.pitch) beep(drag.pitch = note.pitch);
  }
  draw();
});

function drop() {
  if (!drag) return;
  const {index, note: before, fresh} = drag, note = notes[index];
  drag = null;
  if (fresh) notes.splice(index, 1); // as it was, so that undoing takes the note away
  else notes[index] = before;
  if (!fresh && ["start", "length", "pitch"].every((key) => before[key] === note[key])) { beep(note.pitch); return draw(); }
  lastLength = note.length;
  commit(alone(fresh ? notes : notes.filter((_, i) => i !== index), {...note}), null);
  selected = notes.findIndex((each) => each.start === note.start);
  draw();
  tell(selected);
  grid.querySelectorAll(".tone")[selected]?.focus({preventScroll: true});
}
grid.addEventListener("pointerup", drop);
grid.addEventListener("pointercancel", drop);
grid.addEventListener("click", (event) => {
  if (event.pointerType !== "touch" || under(event)) return;
  const at = place(event);
  add(down(Math.max(0, at.beat), snap()), at.pitch);
});
for (const kind of ["dblclick", "contextmenu"]) {
  grid.addEventListener(kind, (event) => {
    const button = under(event);
    if (!button || event.pointerType === "touch") return;
    event.preventDefault();
    remove(Number(button.dataset.at));
  });
}

// --- Keyboard

grid.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && "zy".includes(event.key.toLowerCase())) {
    event.preventDefault();
    const forward = event.key.toLowerCase() === "y" || event.shiftKey;
    forward ? back(undone, done) : back(done, undone);
    return focus();
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const note = notes[selected], end = note ? note.start + note.length : 0;
  const act = {
    ArrowLeft: () => change(selected, event.shiftKey ? {length: note.length - snap()} : {start: note.start - snap()}),
    ArrowRight: () => change(selected, event.shiftKey ? {length: note.length + snap()} : {start: note.start + snap()}),
    ArrowUp: () => change(selected, {pitch: note.pitch + (event.shiftKey ? 12 : 1)}, true),
    ArrowDown: () => change(selected, {pitch: note.pitch - (event.shiftKey ? 12 : 1)}, true),
    Delete: () => remove(selected), Backspace: () => remove(selected),
    Enter: () => add(end, note?.pitch ?? told.low + 5),
    " ": () => note && beep(note.pitch),
    PageUp: () => choose(selected - 1), PageDown: () => choose(selected + 1),
    Home: () => choose(0), End: () => choose(notes.length - 1),
  }[event.key];
  if (!act || (!note && event.key !== "Enter")) return;
  event.preventDefault();
  act();
  focus();
});

function choose(at) {
  selected = Math.max(0, Math.min(notes.length - 1, at));
  draw();
  tell(selected);
}

function focus() {
  const button = grid.querySelectorAll(".tone")[selected] ?? grid;
  button.focus({preventScroll: true});
  button.scrollIntoView({block: "nearest", inline: "nearest"});
}
grid.addEventListener("focusin", (event) => {
  const at = Number(event.target.dataset?.at ?? -1);
  if (at >= 0 && at !== selected && !drag) { selected = at; draw(); }
});

// --- Sound

let context, heard = [], pieces = new Map(), zero = null, frame = 0;
const ready = () => { context ??= new AudioContext(); if (context.state === "suspended") context.resume(); return context; };
const hertz = (pitch) => 440 * 2 ** ((pitch - 69) / 12);
document.addEventListener("pointerdown", ready, {capture: true});
document.addEventListener("keydown", ready, {capture: true});

function beep(pitch, at = 0, seconds = 0.25) {
  if (!context && !navigator.userActivation?.isActive) return;
  const source = new OscillatorNode(ready(), {type: "triangle", frequency: hertz(pitch)}), gain = new GainNode(context, {gain: 0});
  const start = Math.max(context.currentTime, at), end = start + seconds;
  gain.gain.setTargetAtTime(0.25, start, 0.01);
  gain.gain.setTargetAtTime(0, Math.max(start + 0.03, end - 0.06), 0.02);
  source.connect(gain).connect(context.destination);
  source.start(start);
  source.stop(end + 0.1);
  heard.push(source);
}

function stop() {
  heard.forEach((source) => { try { source.stop(); } catch { /* it has not begun */ } });
  heard = [];
  zero = null;
  cancelAnimationFrame(frame);
  line.hidden = true;
  find(".play").textContent = say.play;
}

function start(piece) {
  const source = new AudioBufferSourceNode(ready(), {buffer: piece.buffer});
  source.connect(context.destination);
  source.start(zero + piece.at);
  heard.push(source);
}

function play() {
  stop();
  zero = ready().currentTime + 0.1;
  if (pieces.size) pieces.forEach((piece) => piece.buffer && start(piece));
  else notes.forEach((note) => beep(note.pitch, zero + seconds(note.start), seconds(note.length) * 0.95));
  find(".play").textContent = say.stop;
  follow();
}

// More of the song is on its way from the singer, or is being decoded.
function expected() {
  const song = told.song;
  return pieces.size && song?.id === take.id && !(song.done && song.pieces.every((_, at) => pieces.get(at)?.buffer));
}

const seconds = (beats) => beats * 60 / told.tempo;
function follow() {
  const sung = [...pieces.values()].filter((piece) => piece.buffer).map((piece) => piece.at + piece.buffer.duration);
  const end = pieces.size ? Math.max(0, ...sung) : seconds(Math.max(0, ...notes.map((note) => note.start + note.length)));
  const now = Math.min(context.currentTime - zero, end);
  if (now >= end && !expected()) return stop();
  line.hidden = false;
  line.style.setProperty("--start", Math.max(0, now) * told.tempo / 60);
  const x = line.offsetLeft - scroller.scrollLeft;
  if (x < keys.offsetWidth || x > scroller.clientWidth - 40) scroller.scrollLeft = line.offsetLeft - keys.offsetWidth - 20;
  frame = requestAnimationFrame(follow);
}

// Pieces of the song come while it is being sung; each is heard at its time, or, when it is late, at once.
// What was sung before the last edit is not taken up again.
async function take(song) {
  if (song.id === take.dropped) return;
  if (song.id !== take.id) {
    stop();
    pieces = new Map();
    take.id = song.id;
    take.heard = false;
  }
  for (const [number, each] of song.pieces.entries()) {
    if (pieces.has(number)) continue;
    const piece = {at: each.at, buffer: null};
    pieces.set(number, piece);
    const answer = await fetch(each.file.url);
    const buffer = await ready().decodeAudioData(await answer.arrayBuffer());
    if (song.id !== take.id) return;
    piece.buffer = buffer;
    if (!take.heard) {
      take.heard = true;
      zero = context.currentTime + 0.1 - piece.at;
      find(".play").textContent = say.stop;
      start(piece);
      follow();
    } else if (zero !== null) {
      zero = Math.max(zero, context.currentTime + 0.05 - piece.at);
      start(piece);
    }
  }
}

// What was sung is not what is written any more.
function forget() {
  if (!take.id || take.id === take.dropped) return;
  stop();
  pieces = new Map();
  take.dropped = take.id;
  overlay([]);
}

function overlay(lines) {
  roll.classList.toggle("sung", lines.length > 0);
  curve.replaceChildren(...lines.map((points) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    path.setAttribute("points", points.map(([beat, pitch]) => `${beat},${HIGH - pitch + 0.5}`).join(" "));
    return path;
  }));
}

window.addEventListener("hallyu-music", ({detail}) => {
  told = {...told, ...detail};
  if (!pieces.size) stop();
  draw();
  const beats = bars() * told.beats;
  curve.setAttribute("viewBox", `0 0 ${beats} ${HIGH - LOW + 1}`);
  if (!detail.song) return forget();
  if (detail.song.id !== take.dropped) overlay(detail.song.lines);
  take(detail.song);
});

// --- Tools

const tools = {
  ".play": () => zero === null ? play() : stop(),
  ".undo": () => back(done, undone), ".redo": () => back(undone, done),
  ".delete": () => remove(selected),
  ".clear": () => commit([]),
  ".flat": () => shift(-1), ".sharp": () => shift(1),
  ".closer": () => scale(1.25), ".wider": () => scale(0.8),
};
for (const [selector, act] of Object.entries(tools)) find(selector).addEventListener("click", act);
for (const [selector, key] of Object.entries({".undo": "undo", ".redo": "redo", ".delete": "delete", ".clear": "clear", ".flat": "flat", ".sharp": "sharp", ".closer": "closer", ".wider": "wider", ".snap": "snap"})) {
  find(selector).setAttribute("aria-label", say[key]);
  find(selector).title = say[key];
}
find(".delete").textContent = say.delete;
find(".clear").textContent = say.clear;
find(".help summary").textContent = say.how;
find(".help p").textContent = say.help;
for (const named of [grid, find(".tools")]) named.setAttribute("aria-label", say.roll);
find(".play").textContent = say.play;

function scale(factor) {
  zoom = Math.max(0.5, Math.min(3, zoom * factor));
  roll.style.setProperty("--zoom", zoom);
}

for (let pitch = HIGH; pitch >= LOW; pitch--) {
  const key = document.createElement("span");
  key.className = [1, 3, 6, 8, 10].includes(pitch % 12) ? "black" : "white";
  key.textContent = pitch % 12 ? "" : name(pitch);
  key.title = name(pitch);
  key.addEventListener("pointerdown", () => beep(pitch));
  keys.append(key);
}

function open() {
  const given = props.value?.notes ?? [];
  if (JSON.stringify(given) === JSON.stringify(notes)) return;
  notes = given.map((note) => ({...note}));
  [done, undone, selected] = [[], [], 0];
  draw();
  show();
}

// The melody's middle into view; a tab that is not shown has no height yet.
function show() {
  if (!notes.length || !grid.clientHeight) return;
  const pitches = notes.map((note) => note.pitch), middle = (Math.min(...pitches) + Math.max(...pitches)) / 2;
  scroller.scrollTop = rowOf(middle) * unit().row - scroller.clientHeight / 2 + 30;
  scroller.scrollLeft = 0;
}
new IntersectionObserver((seen) => { if (seen[0].isIntersecting && !show.done) { show.done = true; show(); } }).observe(scroller);
watch("value", open);
draw();
open();

// Before and after in one frame, with a wipe between them: a slider that lies over the picture, so that mouse, finger and
// keyboard move it alike. Runs in a gr.HTML, which gives: element, props, watch.
// props.value: {before, after, left, right, alt}: addresses of two pictures of one size, their names, what is seen. Without
// a before there is nothing to wipe. The place of the wipe stays when the pictures change.

const say = props.words[navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en"];
const find = (selector) => element.querySelector(selector);
const [wipe, slider, before, after] = [".wipe", "input", ".before", ".after"].map(find);

function move() {
  wipe.style.setProperty("--at", slider.value + "%");
  slider.setAttribute("aria-valuetext", say.wipe_at.replace("{percent}", Math.round(slider.value)));
}

function show() {
  const shown = props.value ?? {};
  wipe.hidden = !shown.after;
  if (!shown.after) return;
  const two = Boolean(shown.before);
  after.src = shown.after;
  after.alt = shown.alt ?? "";
  if (two) before.src = shown.before;
  before.hidden = slider.hidden = find(".line").hidden = find(".left").hidden = !two;
  find(".left").textContent = shown.left ?? "";
  find(".right").textContent = shown.right ?? "";
}

after.addEventListener("load", () => find(".stage").style.setProperty("--shape", after.naturalWidth / after.naturalHeight));
slider.setAttribute("aria-label", say.wipe);
slider.addEventListener("input", move);
watch("value", show);
move();
show();

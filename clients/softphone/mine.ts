// One's own page about the phone: which microphone, which loudspeaker, how loud; on this computer.

import { act, h } from "./draw";
import { askForHeadset, hid } from "./hid";
import { keep, kept } from "./kept";
import { openMicrophone } from "./agent_phone";
import { burst } from "./ring";
import type { First } from "./said";

type Words = DOMStringMap;

/** Fills the part of the page that only a browser can know. */
export function device(_given: First): void {
  const place = document.getElementById("phone-devices");
  if (!place || place.dataset["filled"]) return;
  place.dataset["filled"] = "1";
  void draw(place);
  navigator.mediaDevices?.addEventListener("devicechange", () => void draw(place));
}

async function draw(place: HTMLElement): Promise<void> {
  const words = place.dataset;
  const found = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const named = found.some((one) => one.label);
  const now = kept();
  const choice = (label: string, kind: MediaDeviceKind, value: string, chosen: (id: string) => void): HTMLElement => {
    const of = found.filter((one) => one.kind === kind && one.deviceId);
    const select = h("select", { class: "select", change: () => chosen(select.value) }, h("option", { value: "" }, words["usual"] ?? ""), ...of.map((one) => h("option", { value: one.deviceId, selected: one.deviceId === value }, one.label || (words["unnamed"] ?? ""))));
    return h("label", { class: "field" }, h("span", { class: "label" }, label), select);
  };
  const volume = h("input", { type: "range", min: 0, max: 100, value: Math.round(now.volume * 100), class: "loud", change: () => { keep({ volume: Number(volume.value) / 100 }); burst(); } });
  const pops = h("input", { type: "checkbox", change: () => void keep({ pops: pops.checked }) });
  pops.checked = now.pops;
  place.replaceChildren(
    named ? "" : h("p", { class: "row-gap small" }, h("span", { class: "grow" }, words["ask"] ?? ""), act("allow", { icon: "mic", word: words["allow"] ?? "", kind: "line" }, () => allow(place, words))),
    h("div", { class: "fields two" },
      choice(words["microphone"] ?? "", "audioinput", now.microphone, (id) => keep({ microphone: id })),
      choice(words["speaker"] ?? "", "audiooutput", now.speaker, (id) => keep({ speaker: id })),
      choice(words["ringer"] ?? "", "audiooutput", now.ringer, (id) => keep({ ringer: id })),
      h("label", { class: "field" }, h("span", { class: "label" }, words["volume"] ?? ""), volume)),
    h("div", { class: "row-gap" },
      act("try", { icon: "volume", word: words["try"] ?? "", kind: "line" }, () => burst()),
      act("test", { icon: "mic", word: words["test"] ?? "", kind: "line" }, () => meter(place, words)),
      hid() ? act("headset", { icon: "plug", word: words["headset"] ?? "", kind: "line" }, async () => { await askForHeadset(); document.dispatchEvent(new Event("phone-headset")); }) : ""),
    h("div", { class: "meter", hidden: true }, h("i", {})),
    h("p", { class: "small wrong", role: "alert" }),
    h("label", { class: "check" }, pops, h("span", {}, words["pops"] ?? "")));
}

async function allow(place: HTMLElement, words: Words): Promise<void> {
  try {
    for (const track of (await openMicrophone("")).getTracks()) track.stop();
    await draw(place);
  } catch {
    place.querySelector(".wrong")!.textContent = words["denied"] ?? "";
  }
}

/** Six seconds of what the microphone hears, as a bar. */
async function meter(place: HTMLElement, words: Words): Promise<void> {
  const box = place.querySelector<HTMLElement>(".meter")!;
  let mic: MediaStream;
  try { mic = await openMicrophone(kept().microphone); } catch { place.querySelector(".wrong")!.textContent = words["denied"] ?? ""; return; }
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 512 });
  context.createMediaStreamSource(mic).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  box.hidden = false;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const loud = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    box.style.setProperty("--loud", String(Math.min(1, loud * 6)));
  }, 60);
  setTimeout(() => { clearInterval(timer); for (const track of mic.getTracks()) track.stop(); void context.close(); box.hidden = true; }, 6000);
}

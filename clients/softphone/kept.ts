// What belongs to this computer and not to the person: which microphone, which loudspeaker, how loud it rings.

export interface Kept { microphone: string; speaker: string; ringer: string; volume: number; pops: boolean }

const PLACE = "phone";
const USUAL: Kept = { microphone: "", speaker: "", ringer: "", volume: 0.6, pops: true };

export function kept(): Kept {
  try {
    return { ...USUAL, ...JSON.parse(localStorage.getItem(PLACE) ?? "{}") };
  } catch {
    return { ...USUAL };
  }
}

export function keep(change: Partial<Kept>): Kept {
  const now = { ...kept(), ...change };
  try { localStorage.setItem(PLACE, JSON.stringify(now)); } catch { /* a browser that keeps nothing rings as usual */ }
  document.dispatchEvent(new CustomEvent("phone-kept", { detail: now }));
  return now;
}

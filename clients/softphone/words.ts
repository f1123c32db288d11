// What is said, in the member's language; {name} is put in.

let table: Record<string, string> = {};

export function speak(words: Record<string, string>): void { table = words; }

export function say(name: string, given: Record<string, string | number> = {}): string {
  return (table[name] ?? name).replace(/\{(\w+)\}/g, (_all, key: string) => String(given[key] ?? ""));
}

/** "0:42", "1:02:05". */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${String(m).padStart(2, "0")}:${String(s).padStart(2, "0")}` : `${m}:${String(s).padStart(2, "0")}`;
}

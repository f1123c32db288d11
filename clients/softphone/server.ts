// Asking the server. A "no" carries its sentence; silence is told apart from a "no".

import type { First, Others, Recent, Said } from "./said";

export class No extends Error {
  constructor(readonly sentence: string, readonly next: string, readonly status: number) { super(sentence); }
}

const headers = (): Record<string, string> => ({ Accept: "application/json", ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") });

async function ask<T>(url: string, given?: Record<string, string | number>, keepalive = false): Promise<T> {
  const body = given && new URLSearchParams(Object.entries(given).map(([name, value]) => [name, String(value)]));
  const answer = await fetch(url, { headers: headers(), keepalive, ...(body && { method: "POST", body }) });
  if (answer.redirected) throw new No("", "", 401);
  if (answer.status === 204) return undefined as T;
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new No(said.refused ?? "", said.next_step ?? "", answer.status);
  return said as T;
}

export const look = (): Promise<Said> => ask("/phone");
export const first = (): Promise<First> => ask("/phone?first=1");
export const others = (): Promise<Others> => ask("/phone/others");
export const recent = (): Promise<{ recent: Recent[] }> => ask("/phone/dialler");
export const verb = (leg: number, what: string, given: Record<string, string | number> = {}): Promise<Said> => ask(`/phone/legs/${leg}/${what}`, given);
export const dial = (given: Record<string, string | number>): Promise<Said & { dialled: number }> => ask("/phone/calls", given);
export const listen = (call: number): Promise<Said> => ask(`/phone/calls/${call}/listen`, {});
export const wrapUp = (call: number): Promise<Said> => ask(`/phone/calls/${call}/wrap-up`, {});

/** Keeps what is being written of a call; what its words promise, as HTML of ours. */
export async function draft(conversation: number, text: string): Promise<string> {
  const answer = await fetch(`/conversations/${conversation}/drafts/call`, { method: "PUT", headers: headers(), body: new URLSearchParams({ text }) });
  if (answer.status !== 200 || answer.redirected) throw new No("", "", answer.status);
  return answer.text();
}

export const measured = (leg: number, given: Record<string, number>): Promise<void> => ask(`/phone/legs/${leg}/quality`, given, true);

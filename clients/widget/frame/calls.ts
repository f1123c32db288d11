// Requests to our own origin. A visitor is made when something is first asked for in their name, never before.

import { config } from "./config";
import { kept, keep } from "./kept";
import type { Cart, Page } from "../shared/speech";

export interface Visit {
  address: string;
  signed: boolean;
  name: string;
  claimed: string;
  open: boolean;
  answers: string;
  matter: { subject: string } | null;
}

/** Why a request did not do what it should. `status` 0: nobody answered. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly wait = 0, // seconds
    readonly words = "", // of the server, for the reader
  ) {
    super(`${status}`);
  }
}

const TIMEOUT = 20_000; // milliseconds
const BASE = `/chat/${config.token}`;
export const LIVE = `/live${BASE}`;

export const here: { page: Page; cart: Cart | null; visit: Visit | null } = {
  page: { url: location.origin + location.pathname, title: document.title },
  cart: null,
  visit: null,
};

let visiting: Promise<Visit> | null = null;

/** Whether this browser was a visitor before; the cookie itself no script can read. */
export function known(): boolean {
  return kept("known") === "1";
}

export function visit(): Promise<Visit> {
  visiting ??= ask<Visit>("POST", "visit", { page: here.page, language: config.language, cart: here.cart })
    .then((made) => {
      keep("known", "1");
      return (here.visit = made);
    })
    .finally(() => (visiting = null));
  return visiting;
}

export function forgotten(): void {
  here.visit = null;
  keep("known", null);
}

/** In a visitor's name: makes one first, and once again when the cookie turned out to open nothing any more. */
export async function asVisitor<T>(work: () => Promise<T>): Promise<T> {
  if (!here.visit) await visit();
  try {
    return await work();
  } catch (why) {
    if (!(why instanceof Problem) || why.status !== 401) throw why;
    await visit();
    return await work();
  }
}

export async function ask<T>(method: string, what: string, given?: unknown): Promise<T> {
  const request: RequestInit = { method, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) };
  if (method !== "GET") Object.assign(request, { body: JSON.stringify(given ?? {}), headers: { "content-type": "application/json" } });
  let answer: Response;
  try {
    answer = await fetch(`${BASE}/${what}`, request);
  } catch {
    throw new Problem(0);
  }
  const text = await answer.text().catch(() => "");
  if (!answer.ok) throw problem(answer.status, answer.headers.get("retry-after"), text);
  return read<T>(text);
}

/** A message with files, so that the sender sees it go. */
export function upload(what: string, given: unknown, progress: (share: number) => void): Promise<void> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${BASE}/${what}`);
    request.setRequestHeader("content-type", "application/json");
    request.timeout = 300_000;
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? done() : failed(problem(request.status, request.getResponseHeader("retry-after"), request.responseText)));
    request.onerror = request.ontimeout = request.onabort = () => failed(new Problem(0));
    request.send(JSON.stringify(given));
  });
}

function problem(status: number, after: string | null, text: string): Problem {
  const said = read<{ error?: unknown; next?: unknown }>(text);
  const words = [said?.error, said?.next].filter((each): each is string => typeof each === "string" && each !== "");
  return new Problem(status, Number(after) || 0, words.join(" ").slice(0, 300));
}

function read<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    return {} as T;
  }
}

// What stays in this browser, of one line: in our own origin's storage, where no page of the shop can read it. A
// browser that refuses storage to frames of other sites still keeps cookies of one site's frame apart from all others;
// small things go there, and never what somebody writes and has not sent.

import { config } from "./config";

type Store = "localStorage" | "sessionStorage";

const memory = new Map<string, string>();
const passing = new Set<string>(); // what is over when the browser closes
const LONGEST = 3000; // characters of a cookie that no server finds too long
const LASTS = 180 * 24 * 3600; // seconds: as long as the visitor's own cookie

export function kept(name: string, store: Store = "localStorage"): string | null {
  try {
    return window[store].getItem(key(name));
  } catch {
    return memory.get(name) ?? (name === "draft" ? null : cookie(name));
  }
}

export function keep(name: string, value: string | null, store: Store = "localStorage"): void {
  try {
    if (value === null) window[store].removeItem(key(name));
    else window[store].setItem(key(name), value);
  } catch {
    if (value === null) memory.delete(name);
    else memory.set(name, value);
    if (store === "sessionStorage") passing.add(name);
    // Before somebody writes to us there is no cookie, but to leave them alone.
    if (name.startsWith("invited:") || kept("known") === "1" || value === null) setCookie(name, value);
    if (name === "known" && value) for (const [each, said] of memory) setCookie(each, said);
  }
}

function cookie(name: string): string | null {
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${cookieName(name)}=`));
  return found ? decodeURIComponent(found.slice(cookieName(name).length + 1)) : null;
}

function setCookie(name: string, value: string | null): void {
  if (name === "draft") return;
  const said = encodeURIComponent(value ?? "");
  const gone = value === null || said.length > LONGEST;
  const age = gone ? "; Max-Age=0" : passing.has(name) ? "" : `; Max-Age=${LASTS}`;
  document.cookie = `${cookieName(name)}=${gone ? "" : said}; Path=/chat/${config.token}; Secure; SameSite=None; Partitioned${age}`;
}

function cookieName(name: string): string {
  return `pz_${name.replace(/\W/g, "_")}`;
}

function key(name: string): string {
  return `presszero:${config.token}:${name}`;
}

/** Files of messages that have not gone yet, by the message's id. */
export async function keepFiles(id: string, files: File[] | null): Promise<void> {
  try {
    const store = (await database()).transaction("files", "readwrite").objectStore("files");
    if (files) store.put(files, key(id));
    else store.delete(key(id));
  } catch {
    // Without a database a reload loses them; the message says so.
  }
}

export async function keptFiles(id: string): Promise<File[] | null> {
  try {
    const asked = (await database()).transaction("files").objectStore("files").get(key(id));
    return await new Promise((done) => {
      asked.onsuccess = () => done((asked.result as File[] | undefined) ?? null);
      asked.onerror = () => done(null);
    });
  } catch {
    return null;
  }
}

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open("presszero", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("files");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opened;
}

// What stays in this browser, of one line: in our own origin's storage, where no page of the shop can read it. Where
// the browser keeps nothing, everything lives as long as the page.

import { config } from "./config";

const memory = new Map<string, string>();

export function kept(name: string, store: "localStorage" | "sessionStorage" = "localStorage"): string | null {
  try {
    return window[store].getItem(key(name));
  } catch {
    return memory.get(name) ?? null;
  }
}

export function keep(name: string, value: string | null, store: "localStorage" | "sessionStorage" = "localStorage"): void {
  try {
    if (value === null) window[store].removeItem(key(name));
    else window[store].setItem(key(name), value);
  } catch {
    if (value === null) memory.delete(name);
    else memory.set(name, value);
  }
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

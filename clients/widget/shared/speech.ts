// What the shop's page and the frame say to each other. Each side names the other's exact origin, and checks it.

export interface Page {
  url: string; // without query string and fragment: those hold secrets more often than pages
  title: string;
}

export interface Cart {
  items?: number;
  total?: string;
  currency?: string;
}

export interface Look {
  name: string;
  colour: string;
  position: "left" | "right";
  rtl: boolean;
  label: string; // of the launcher
  close: string;
  dismiss: string;
  unread: string; // "{n} new"
  wasOpen: boolean; // on the page before this one
}

export type ToFrame =
  | { kind: "hello"; page: Page; cart: Cart | null }
  | { kind: "page"; page: Page; cart: Cart | null }
  | { kind: "open" }
  | { kind: "closed" }
  | { kind: "identify"; token: string }
  | { kind: "signOut" };

export type ToPage =
  | { kind: "look"; look: Look }
  | { kind: "unread"; count: number }
  | { kind: "opened" }
  | { kind: "close" }
  | { kind: "identity" } // please show the signed identity, freshly made
  | { kind: "invite"; text: string };

export const MARK = "presszero";

export type Said<T> = T & { from: typeof MARK };

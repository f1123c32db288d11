// What the server says of this member's phone, as GET /phone has it.

export interface Other { leg: number; name: string; role: string; state: string }

export interface Leg {
  id: number;
  call: number;
  state: "offered" | "talking" | "held" | "ended";
  via: "browser" | "client" | "mobile" | "number";
  role: "agent" | "colleague" | "listens" | "whispers";
  sdp: string;
  tag: string;
  token?: string;
  muted: boolean;
  why: string;
  passed: boolean; // by a colleague, to them
  offered: number;
  answered: boolean;
  talked: number;
  others: Other[];
  recording: "" | "running" | "paused";
  warm: string;
  who: string;
  initials: string;
  tint: string;
  number: string;
  hint: boolean;
  inbound: boolean;
  kind: string;
  stage: string;
  line: string;
  language: string;
  queue: string;
  waiting: number;
  conversation: number;
  subject: string;
  order: { number: string; word: string; late: boolean } | null;
}

export interface Wrap { call: number; who: string; inbound: boolean; conversation: number; subject: string; seconds: number; minutes: number; lasted: string; until: number; resolved: boolean }

export interface Line { id: number; name: string; number: string }

/** What rang here a moment ago and was not answered. taken: by a colleague; gone: they hung up. */
export interface Left { id: number; why: "declined" | "missed" | "taken" | "gone" }

export interface Said {
  now: number; // by the server's clock
  legs: Leg[];
  left: Left[];
  ice: RTCIceServer[]; // while there is a call
  wrap: Wrap | null;
  failed: { id: number; says: string } | null;
  ready: boolean;
  reason: string;
}

export interface First extends Said { words: Record<string, string>; lines: Line[]; mute: string[]; member: number; lead: boolean }

export interface Recent { call: number; who: string; number: string; shown: string; inbound: boolean; missed: boolean; at: number; conversation: number }

export interface Others { people: { id: number; name: string; state: "free" | "talks" | "away" }[]; queues: { id: number; name: string; waiting: number }[] }

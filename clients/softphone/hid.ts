// What a headset's reports say, bit by bit. The numbers are those of the USB HID usage tables: telephony (page 0x0B),
// lights (0x08), buttons (0x09).

export const HOOK = 0x0b0020;
export const FLASH = 0x0b0021;
export const MUTE = 0x0b002f;
export const REJECT = 0x0b0007;
const KEYS: Record<number, number> = { [HOOK]: HOOK, [FLASH]: FLASH, [MUTE]: MUTE, [REJECT]: REJECT, 0x090007: REJECT };

export const OFF_HOOK = 0x080017;
export const RING = 0x080018;
export const MUTED = 0x080009;
export const HELD = 0x080020;
/** Lights that say the same on some headsets: a microphone that is off, and a ringer. */
const LIGHTS: Record<number, number> = { [OFF_HOOK]: OFF_HOOK, [RING]: RING, [MUTED]: MUTED, [HELD]: HELD, 0x080021: MUTED, 0x0b009e: RING };
const TELEPHONY = 0x0b;

export interface Item { usages?: number[]; usageMinimum?: number; usageMaximum?: number; isRange?: boolean; isArray?: boolean; isAbsolute?: boolean; reportSize: number; reportCount: number }
export interface Report { reportId: number; items: Item[] }
export interface Collection { usagePage: number; inputReports?: Report[]; outputReports?: Report[]; children?: Collection[] }
export interface Device extends EventTarget { opened: boolean; collections: Collection[]; open(): Promise<void>; sendReport(id: number, data: Uint8Array): Promise<void> }
interface Hid extends EventTarget { getDevices(): Promise<Device[]>; requestDevice(of: { filters: { usagePage: number }[] }): Promise<Device[]> }

export const hid = (): Hid | undefined => (navigator as Navigator & { hid?: Hid }).hid;
export const askForHeadset = (): Promise<Device[]> => hid()?.requestDevice({ filters: [{ usagePage: TELEPHONY }] }) ?? Promise.resolve([]);

/** `stays`: the bit says how it stands; otherwise it is there for a press and gone. */
export interface Place { usage: number; bit: number; stays: boolean }

/** Report → where in it a headset tells of its keys. */
export function keysOf(device: Device): Map<number, Place[]> {
  return new Map(all(device.collections, "inputReports").map((report) => [report.reportId, places(report, KEYS)]));
}

export interface Lamps { id: number; bytes: number; places: Place[] }

/** The reports that light something we know. */
export function lampsOf(device: Device): Lamps[] {
  const found = all(device.collections, "outputReports").map((report) => ({ id: report.reportId, bytes: Math.ceil(bits(report) / 8), places: places(report, LIGHTS) }));
  return found.filter((one) => one.places.length);
}

export const reads = (data: DataView, bit: number): boolean => bit >> 3 < data.byteLength && Boolean(data.getUint8(bit >> 3) & (1 << (bit & 7)));

const all = (collections: Collection[], kind: "inputReports" | "outputReports"): Report[] => collections.flatMap((one) => [...(one[kind] ?? []), ...all(one.children ?? [], kind)]);
const bits = (report: Report): number => report.items.reduce((sum, item) => sum + item.reportSize * item.reportCount, 0);

function places(report: Report, known: Record<number, number>): Place[] {
  const found: Place[] = [];
  let at = 0;
  for (const item of report.items) {
    for (let n = 0; n < item.reportCount; n++, at += item.reportSize) {
      const usage = known[item.isRange ? (item.usageMinimum ?? 0) + n : item.usages?.[n] ?? 0];
      if (usage && item.reportSize === 1 && !item.isArray) found.push({ usage, bit: at, stays: item.isAbsolute !== false && usage !== REJECT && usage !== FLASH });
    }
  }
  return found;
}

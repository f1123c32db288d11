// Contrast as WCAG 2.2 counts it, so that the merchant's colour is legible whatever it is.

type Rgb = readonly [number, number, number];

/** "#fff" or "#000", whichever reads better on the colour; one of them always has 4.5 : 1. */
export function inkOn(colour: string): string {
  return contrast(colour, "#ffffff") >= contrast(colour, "#000000") ? "#fff" : "#000";
}

/** The colour itself, or the first lighter or darker one of its hue that has `least` contrast with the ground. */
export function legible(colour: string, ground: string, least = 4.5): string {
  if (contrast(colour, ground) >= least) return colour;
  const lighter = luminance(parts(ground)) < 0.18;
  const [hue, vivid, light] = hsl(parts(colour));
  const end = lighter ? 1 : 0;
  for (let step = 1; step <= 50; step++) {
    // What is made lighter is made calmer too: a full colour glares on a dark ground.
    const found = hex(hue, lighter ? Math.min(vivid, 0.55) : vivid, light + ((end - light) * step) / 50);
    if (contrast(found, ground) >= least) return found;
  }
  return lighter ? "#ffffff" : "#000000";
}

export function contrast(one: string, other: string): number {
  return ratio(luminance(parts(one)), luminance(parts(other)));
}

function ratio(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function parts(colour: string): Rgb {
  const number = /^#[0-9a-f]{6}$/i.test(colour) ? parseInt(colour.slice(1), 16) : 0x00695c;
  return [number >> 16, (number >> 8) & 255, number & 255];
}

function hsl(colour: Rgb): readonly [number, number, number] {
  const [r, g, b] = colour.map((part) => part / 255) as unknown as Rgb;
  const most = Math.max(r, g, b);
  const span = most - Math.min(r, g, b);
  const light = most - span / 2;
  const sixth = !span ? 0 : most === r ? ((g - b) / span) % 6 : most === g ? (b - r) / span + 2 : (r - g) / span + 4;
  return [sixth * 60, span ? span / (1 - Math.abs(2 * light - 1)) : 0, light];
}

function hex(hue: number, vivid: number, light: number): string {
  const part = (n: number): string => {
    const k = (n + hue / 30 + 12) % 12;
    const value = light - vivid * Math.min(light, 1 - light) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255).toString(16).padStart(2, "0");
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}

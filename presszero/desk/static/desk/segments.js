// How many texts a text is, as channels/segments.py counts it: both are tried with one table of cases.
const ALPHABET = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const EXTENSION = new Set("\f^{}\\[~]|€");
const ALONE = { "GSM-7": 160, "UCS-2": 70 };
const JOINED = { "GSM-7": 153, "UCS-2": 67 };

export function segments(text) {
  const signs = [...text];
  const encoding = signs.every((sign) => ALPHABET.has(sign) || EXTENSION.has(sign)) ? "GSM-7" : "UCS-2";
  const sizes = signs.map((sign) => (encoding === "GSM-7" ? (EXTENSION.has(sign) ? 2 : 1) : sign.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= ALONE[encoding]) return { encoding, units, count: units ? 1 : 0, left: ALONE[encoding] - units };
  let [count, used] = [1, 0];
  for (const size of sizes) {
    if (used + size > JOINED[encoding]) [count, used] = [count + 1, 0];
    used += size;
  }
  return { encoding, units, count, left: JOINED[encoding] - used };
}

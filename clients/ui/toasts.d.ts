// What the desk's own script offers to ours; it stands beside the built ones.
export function toast(text: string, how?: { bad?: boolean }): HTMLElement;

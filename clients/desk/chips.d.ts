// What the desk's own script offers to ours; it stands beside the built ones.
export function show(place: HTMLElement, chips: string): void;
export function takeNext(within: HTMLElement): void;

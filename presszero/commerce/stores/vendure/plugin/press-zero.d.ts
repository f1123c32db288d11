import { Type } from '@vendure/core';

export interface PressZeroOptions {
    /** Signs what is sent. Typed in again where the shop is connected; at least 16 characters. */
    secret: string;
}

export declare class PressZeroPlugin {
    static init(options: PressZeroOptions): Type<PressZeroPlugin>;
}

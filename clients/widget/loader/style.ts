// Everything is in px: the shop's own root size must not scale our launcher.

export const STYLE = `
:host{all:initial;position:fixed;z-index:2147483000;inset:auto;--gap:20px;font:400 15px/1.4 system-ui,sans-serif;color-scheme:light dark}
*{box-sizing:border-box}
[hidden]{display:none!important}
button{all:unset;box-sizing:border-box;cursor:pointer}
svg{display:block;fill:none;stroke:currentColor;stroke-linecap:round;stroke-linejoin:round}
.launcher{position:fixed;inset-block-end:calc(var(--gap) + env(safe-area-inset-bottom));right:calc(var(--gap) + env(safe-area-inset-right));inline-size:56px;block-size:56px;border-radius:16px;display:grid;place-items:center;background:var(--colour);color:var(--on);box-shadow:inset 0 -4px 0 #0003,0 2px 6px #0003,0 8px 24px #0003;transition:transform 120ms cubic-bezier(.2,.7,.3,1)}
.launcher:hover{transform:translateY(-1px)}
.launcher:active{transform:translateY(1px)}
.launcher svg{inline-size:34px;block-size:34px;margin-block-end:4px;stroke-width:2.6}
.down{display:none}
:host([data-open]) .zero{display:none}
:host([data-open]) .down{display:block}
button:focus-visible{outline:3px solid var(--colour);outline-offset:3px}
.badge{position:absolute;inset-block-start:-6px;inset-inline-end:-6px;min-inline-size:22px;block-size:22px;padding:0 6px;border-radius:11px;background:#b3261e;color:#fff;font:600 13px/22px system-ui,sans-serif;text-align:center;box-shadow:0 0 0 2px #fff}
.badge:empty{display:none}
.panel{position:fixed;inset-block-end:calc(var(--gap) + 72px);right:var(--gap);inline-size:min(400px,calc(100vw - 2*var(--gap)));block-size:min(704px,calc(100dvh - 112px));border-radius:20px;overflow:hidden;visibility:hidden;opacity:0;transform:translateY(8px);box-shadow:0 0 0 1px #8883,0 2px 6px #0000001a,0 20px 50px #0000003d;transition:opacity 120ms,transform 120ms cubic-bezier(.2,.7,.3,1),visibility 0s 120ms}
:host([data-open]) .panel{visibility:visible;opacity:1;transform:none;transition-delay:0s}
iframe{display:block;border:0;inline-size:100%;block-size:100%;background:transparent}
.bubble{position:fixed;inset-block-end:calc(var(--gap) + 72px + env(safe-area-inset-bottom));right:var(--gap);max-inline-size:min(300px,calc(100vw - 2*var(--gap)));display:flex;align-items:start;background:light-dark(#fff,#23282a);color:light-dark(#1b2425,#eeece6);border-radius:16px;border-end-end-radius:5px;box-shadow:0 0 0 1px #8883,0 8px 28px #0003}
.bubble:empty{display:none}
.words{padding:14px 4px 14px 16px;padding-inline:16px 4px}
.away{flex:none;inline-size:36px;block-size:36px;margin:4px;display:grid;place-items:center;border-radius:10px;opacity:.75}
.away:hover{opacity:1;background:#8883}
.away svg{inline-size:18px;block-size:18px;stroke-width:2}
:host([data-side=left]) .launcher,:host([data-side=left]) .panel,:host([data-side=left]) .bubble{right:auto;left:calc(var(--gap) + env(safe-area-inset-left))}
:host([data-side=left]) .bubble{border-end-end-radius:16px;border-end-start-radius:5px}
@media (max-width:30rem),(max-height:26rem){
:host{--gap:16px}
.panel{inset:var(--top,0) 0 auto 0!important;inline-size:100%;block-size:var(--seen,100dvh);border-radius:0;box-shadow:none}
:host([data-open]) .launcher{display:none}
}
@media (prefers-reduced-motion:reduce){.panel,.launcher{transition:none;transform:none}}
@media (forced-colors:active){.launcher,.bubble,.panel{border:2px solid ButtonText}}
@media print{:host{display:none}}
`;

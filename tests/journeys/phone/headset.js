// A headset that a test plays in a page: what `navigator.hid` shows of it. Names in capitals are put in by headsets.py.

(() => {
    class Played extends EventTarget {
        constructor(collections) { super(); Object.assign(this, { collections, opened: false, sent: [], bits: {} }); }
        async open() {
            if (this.opened) throw new DOMException("already open", "InvalidStateError");
            this.opened = true;
        }
        get stands() { return this.find("inputReports", MUTE).item.isAbsolute; }
        find(kind, usage) {
            for (const one of this.collections) for (const report of one[kind]) {
                let at = 0;
                for (const item of report.items) {
                    const n = item.isArray ? -1 : item.usages.indexOf(usage);
                    if (n >= 0) return { id: report.reportId, bit: at + n * item.reportSize, report, item };
                    at += item.reportSize * item.reportCount;
                }
            }
        }
        bytes(report) {
            return Math.ceil(report.items.reduce((sum, one) => sum + one.reportSize * one.reportCount, 0) / 8);
        }
        async sendReport(id, data) {
            if (!this.opened) throw new DOMException("not open", "InvalidStateError");
            const light = this.find("outputReports", 0x080017);
            if (data.byteLength !== this.bytes(light.report)) throw new DOMException("wrong length", "NotAllowedError");
            const lit = LIGHTS.filter((usage) => {
                const at = this.find("outputReports", usage);
                return at && data[at.bit >> 3] & (1 << (at.bit & 7));
            });
            this.sent.push(lit);
            clearTimeout(this.back);
            if (this.stands) { this.bits[HOOK] = lit.includes(0x080017); this.bits[MUTE] = lit.includes(0x080009); }
            else this.set(HOOK, lit.includes(0x080017));
        }
        set(usage, on) {
            if (Boolean(this.bits[usage]) === on) return;
            this.bits[usage] = on;
            this.say(usage);
        }
        say(usage) {
            const { id, report } = this.find("inputReports", usage);
            const data = new Uint8Array(this.bytes(report));
            for (const [one, on] of Object.entries(this.bits)) {
                const at = this.find("inputReports", Number(one));
                if (on && at.id === id) data[at.bit >> 3] |= 1 << (at.bit & 7);
            }
            const told = { reportId: id, data: new DataView(data.buffer), device: this };
            this.dispatchEvent(Object.assign(new Event("inputreport"), told));
        }
        press(usage) {
            if (this.find("inputReports", usage).item.isAbsolute && usage !== 0x090007) {
                this.set(usage, !this.bits[usage]);
                if (usage === HOOK && this.bits[HOOK]) this.back = setTimeout(() => this.set(HOOK, false), TAKES_BACK);
                return;
            }
            this.set(usage, true);
            setTimeout(() => this.set(usage, false), 20);
        }
    }
    const hid = new EventTarget();
    const told = (kind, device) => hid.dispatchEvent(Object.assign(new Event(kind), { device }));
    let plugged = [new Played(COLLECTIONS)];
    hid.getDevices = async () => plugged;
    hid.requestDevice = async () => plugged;
    Object.defineProperty(navigator, "hid", { value: hid });
    window.played = {
        press: (usage) => plugged[0].press(usage),
        lights: () => plugged[0]?.sent.at(-1) ?? [],
        unplug: () => { const [gone] = plugged; plugged = []; gone.opened = false; told("disconnect", gone); },
        plug: () => { plugged = [new Played(COLLECTIONS)]; told("connect", plugged[0]); },
        media: {},
    };
    const real = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
    navigator.mediaSession.setActionHandler = (action, does) => {
        window.played.media[action] = does;
        real(action, does);
    };
})()

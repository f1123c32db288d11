'use strict';
// Tells Press Zero of orders, products and carts that changed, and gives orders a place for the key of what was done.
//
// What is sent says which thing changed, not how: Press Zero asks the shop, where the truth is. Only a cart is sent
// whole, since nobody can ask for it. It goes through the shop's own job queue, and is tried again when it fails.
// Press Zero itself says where to send, once somebody connects the shop, in a field of the global settings.

const { createHmac, randomUUID } = require('node:crypto');
const { Inject } = require('@nestjs/common');
const core = require('@vendure/core');

const TRIES = 10;
const SECONDS = 10;
const DOORS = 'pressZeroDoors';

// Of these an order's own row knows nothing: it is touched, so that it counts as changed whoever asks for changes.
const BESIDE_ORDERS = [core.RefundEvent, core.RefundStateTransitionEvent, core.PaymentStateTransitionEvent].filter(Boolean);

class PressZeroPlugin {
    static init({ secret }) {
        if (typeof secret !== 'string' || secret.length < 16) {
            throw new Error('PressZeroPlugin.init needs a secret of at least 16 characters.');
        }
        PressZeroPlugin.secret = secret;
        return PressZeroPlugin;
    }

    constructor(events, jobs, connection, settings, contexts, config) {
        Object.assign(this, { events, jobs, connection, settings, contexts, config });
    }

    async onModuleInit() {
        this.queue = await this.jobs.createQueue({ name: 'press-zero', process: job => this.tell(job.data) });
        this.hear();
    }

    hear() {
        const { events } = this;
        events.registerBlockingEventHandler({
            id: 'press-zero-touch',
            event: BESIDE_ORDERS,
            handler: event => this.touch(event.ctx, [event.order.id]),
        });
        events.registerBlockingEventHandler({
            id: 'press-zero-touch-sent',
            event: core.FulfillmentStateTransitionEvent,
            handler: async event => this.touch(event.ctx, await this.ordersOf(event.ctx, event.fulfillment.id)),
        });
        for (const kind of [core.OrderStateTransitionEvent, core.OrderEvent, ...BESIDE_ORDERS]) {
            events.ofType(kind).subscribe(({ order }) => this.placed(order) && this.say('order', [order.id]));
        }
        events.ofType(core.FulfillmentStateTransitionEvent).subscribe(async ({ ctx, fulfillment }) =>
            this.say('order', await this.ordersOf(ctx, fulfillment.id)));
        events.ofType(core.OrderLineEvent).subscribe(({ order }) =>
            this.say(this.placed(order) ? 'order' : 'cart', [order.id]));
        events.ofType(core.OrderPlacedEvent).subscribe(({ order }) => this.say('cart', [order.id]));
        events.ofType(core.ProductEvent).subscribe(({ entity }) => this.say('product', [entity.id]));
        events.ofType(core.ProductVariantEvent).subscribe(({ entity }) => this.say('variant', entity.map(v => v.id)));
        events.ofType(core.StockMovementEvent).subscribe(({ stockMovements }) =>
            this.say('variant', stockMovements.map(moved => moved.productVariant?.id ?? moved.productVariantId)));
    }

    placed(order) {
        return Boolean(order.orderPlacedAt);
    }

    say(what, ids) {
        const known = [...new Set(ids.filter(id => id !== undefined && id !== null).map(String))];
        if (known.length === 0) return undefined;
        const job = { what, ids: known, at: new Date().toISOString(), id: randomUUID() };
        return this.queue.add(job, { retries: TRIES }).catch(why => core.Logger.error(String(why), 'PressZero'));
    }

    // A job: whoever is connected is told. One that fails is told again, and the others drop it by its id.
    async tell(job) {
        const ctx = await this.contexts.create({ apiType: 'admin' });
        const doors = (await this.settings.getSettings(ctx)).customFields[DOORS] ?? [];
        if (doors.length === 0) return;
        for (const [number, said] of (await this.words(ctx, job)).entries()) {
            const body = JSON.stringify({ id: `${job.id}:${number}`, at: job.at, ...said });
            for (const door of doors) await send(door, body);
        }
    }

    async words(ctx, { what, ids }) {
        if (what === 'cart') return Promise.all(ids.map(id => this.cart(ctx, id)));
        const found = what === 'variant' ? await this.productsOf(ctx, ids) : ids;
        return found.map(id => ({ what: what === 'order' ? 'order' : 'product', ref: this.encoded(id) }));
    }

    async cart(ctx, id) {
        const order = await this.connection.getRepository(ctx, core.Order).findOne({
            where: { id },
            relations: ['customer', 'lines', 'lines.productVariant', 'lines.productVariant.translations', 'surcharges',
                'shippingLines'],
        });
        if (!order) return { what: 'cart', cart: { ref: this.encoded(id), lines: [], ended: true } };
        const language = ctx.channel.defaultLanguageCode;
        return {
            what: 'cart',
            cart: {
                ref: this.encoded(id),
                currency: order.currencyCode,
                precision: this.config.entityOptions.moneyStrategy?.precision ?? 2,
                total: order.subTotalWithTax,
                email: order.customer?.emailAddress ?? '',
                ended: this.placed(order) || order.state === 'Cancelled',
                lines: order.lines.filter(line => line.quantity > 0).map(line => ({
                    variant: this.encoded(line.productVariant.id),
                    title: (line.productVariant.translations.find(each => each.languageCode === language)
                        ?? line.productVariant.translations[0])?.name ?? '',
                    sku: line.productVariant.sku,
                    quantity: line.quantity,
                    price: line.unitPriceWithTax,
                    total: line.proratedLinePriceWithTax,
                })),
            },
        };
    }

    async ordersOf(ctx, fulfillmentId) {
        const found = await this.connection.getRepository(ctx, core.Order)
            .createQueryBuilder('o').select('o.id', 'id')
            .innerJoin('o.fulfillments', 'f').where('f.id = :id', { id: fulfillmentId }).getRawMany();
        return found.map(row => row.id);
    }

    async productsOf(ctx, ids) {
        const found = await this.connection.getRepository(ctx, core.ProductVariant)
            .createQueryBuilder('v').select('v.productId', 'id').distinct(true)
            .where('v.id IN (:...ids)', { ids }).getRawMany();
        return found.map(row => row.id);
    }

    touch(ctx, ids) {
        if (ids.length === 0) return undefined;
        // The database writes the time beside whatever changes, by its own clock, as it does for every order.
        return this.connection.getRepository(ctx, core.Order).update(ids, { active: () => 'active' });
    }

    // Ids go out as the shop's own API writes them.
    encoded(id) {
        const strategy = this.config.entityOptions?.entityIdStrategy ?? this.config.entityIdStrategy;
        return String(strategy?.encodeId ? strategy.encodeId(id) : id);
    }
}

async function send(door, body) {
    const signature = createHmac('sha256', PressZeroPlugin.secret).update(body).digest('hex');
    const answer = await fetch(door, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json', 'X-Press-Zero-Signature': `sha256=${signature}` },
        redirect: 'error',
        signal: AbortSignal.timeout(SECONDS * 1000),
    });
    if (!answer.ok) throw new Error(`Press Zero answered ${answer.status}.`);
}

function configured(config) {
    const hidden = { public: false, nullable: true };
    config.customFields.GlobalSettings.push({ name: DOORS, type: 'string', length: 500, list: true, ...hidden });
    config.customFields.Order.push({ name: 'pressZeroKey', type: 'string', ...hidden });
    config.customFields.Order.push({ name: 'pressZeroKind', type: 'string', ...hidden });
    return config;
}

const NEEDS = [
    core.EventBus,
    core.JobQueueService,
    core.TransactionalConnection,
    core.GlobalSettingsService,
    core.RequestContextService,
    core.ConfigService,
];
NEEDS.forEach((each, place) => Inject(each)(PressZeroPlugin, undefined, place));
core.VendurePlugin({ imports: [core.PluginCommonModule], configuration: configured, compatibility: '>=2.2.0 <4.0.0' })(
    PressZeroPlugin,
);

module.exports = { PressZeroPlugin };

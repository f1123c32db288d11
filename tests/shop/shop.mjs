// A real Vendure shop in memory, seeded, with the plugin that merchants install. Says one line of JSON when it is open.
//
//   SHOP_PORT=… SHOP_SECRET=… NODE_PATH=node_modules node shop.mjs    (closes with its standard input)

import { createRequire } from 'node:module';
import { lastValueFrom } from 'rxjs';
import { initial, sheet } from './stock.mjs';

// The plugin lies outside this folder, and finds the shop's own modules by NODE_PATH, which only `require` heeds.
const require = createRequire(import.meta.url);
const core = require('@vendure/core');
const { PressZeroPlugin } = require('../../presszero/commerce/stores/vendure/plugin/press-zero.js');

const card = new core.PaymentMethodHandler({
    code: 'card',
    description: [{ languageCode: 'en', value: 'A card that always pays, unless it is told not to.' }],
    args: {},
    createPayment: (ctx, order, amount, args, metadata) => ({
        amount,
        state: metadata.later ? 'Authorized' : 'Settled',
        transactionId: `pay-${order.code}`,
        metadata: { public: { brand: 'Visa', last4: '4242' } },
    }),
    settlePayment: () => ({ success: true }),
    createRefund: (ctx, input, amount, order) => ({ state: 'Settled', transactionId: `back-${order.code}-${amount}` }),
});

const app = await core.bootstrap({
    apiOptions: { port: Number(process.env.SHOP_PORT), hostname: '127.0.0.1', adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
    authOptions: {
        tokenMethod: ['bearer', 'cookie'],
        superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
        cookieOptions: { secret: 'only a test' },
        requireVerification: false,
    },
    dbConnectionOptions: { type: 'sqljs', synchronize: true, logging: false, autoSave: false },
    paymentOptions: { paymentMethodHandlers: [card] },
    logger: new core.DefaultLogger({ level: core.LogLevel.Error }),
    plugins: [PressZeroPlugin.init({ secret: process.env.SHOP_SECRET })],
});

const channels = app.get(core.ChannelService);
const context = await app.get(core.RequestContextService).create({ apiType: 'admin', languageCode: 'en' });
await app.get(core.Populator).populateInitialData(initial);
await channels.update(context, {
    id: (await channels.getDefaultChannel(context)).id,
    defaultCurrencyCode: 'EUR',
    availableCurrencyCodes: ['EUR'],
    pricesIncludeTax: true,
});
const imported = await lastValueFrom(app.get(core.Importer).parseAndImport(sheet, 'en', false));
if (imported.errors.length) throw new Error(imported.errors.join('\n'));
await app.get(core.JobQueueService).start();
// Whoever opened the shop holds its standard input: it closes when they are gone.
process.stdin.on('end', () => process.exit(0)).resume();
console.log(JSON.stringify({ open: Number(process.env.SHOP_PORT), products: imported.imported }));

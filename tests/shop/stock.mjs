// What the shop sells, where to, and for how much.

export const initial = {
    defaultLanguage: 'en',
    defaultZone: 'Europe',
    countries: [
        { code: 'DE', name: 'Germany', zone: 'Europe' },
        { code: 'AT', name: 'Austria', zone: 'Europe' },
    ],
    taxRates: [{ name: 'Standard Tax', percentage: 20 }],
    shippingMethods: [{ name: 'Standard', price: 490 }],
    paymentMethods: [{ name: 'Card', handler: { code: 'card', arguments: [] } }],
    collections: [],
    roles: [],
};

const columns = 'name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets';

export const sheet = [
    columns,
    'Hiking boots,hiking-boots,,,,size,38,BOOT-38,119.00,standard,12,true,,',
    ',,,,,,39,BOOT-39,119.00,standard,7,true,,',
    ',,,,,,40,BOOT-40,124.00,standard,3,true,,',
    'Wool socks,wool-socks,,,,,,SOCKS,14.90,standard,5000,true,,',
    'Leather wax,leather-wax,,,,,,WAX,9.50,standard,0,true,,',
].join('\n');

"""What is asked of a shop, in GraphQL. Field by field: https://shopify.dev/docs/api/admin-graphql/2026-07"""

from __future__ import annotations

_MONEY = "presentmentMoney { amount currencyCode }"
_ADDRESS = "name company address1 address2 zip city provinceCode countryCodeV2 phone"
_LINES = (
    """
    pageInfo { hasNextPage endCursor }
    nodes {
      id title variantTitle sku quantity
      variant { legacyResourceId }
      originalUnitPriceSet { MONEY }
      discountAllocations { allocatedAmountSet { MONEY } }
      taxLines { priceSet { MONEY } }
    }
"""
).replace("MONEY", _MONEY)

# A query's price is by how much it could bring back, and none may cost more than the bucket holds: what is counted by a
# variable here is asked for in smaller numbers when a shop finds it too dear.
ORDER = (
    (
        """
fragment Whole on Order {
  legacyResourceId name email phone note createdAt processedAt updatedAt cancelledAt presentmentCurrencyCode
  customAttributes { key value }
  customer { legacyResourceId displayName }
  shippingAddress { ADDRESS } billingAddress { ADDRESS }
  totalPriceSet { MONEY } totalDiscountsSet { MONEY } totalShippingPriceSet { MONEY } totalTaxSet { MONEY }
  discountCodes
  lineItems(first: $lines) { LINES }
  transactions(first: 20) {
    id kind status gateway formattedGateway createdAt processedAt
    amountSet { MONEY }
    parentTransaction { id }
    paymentDetails { ... on CardPaymentDetails { company number } }
  }
  refunds(first: $few) {
    legacyResourceId createdAt note
    totalRefundedSet { MONEY }
    refundLineItems(first: $pieces) { nodes { quantity lineItem { id } } }
    refundShippingLines(first: 1) { nodes { subtotalAmountSet { MONEY } taxAmountSet { MONEY } } }
    transactions(first: 3) { nodes { kind status amountSet { MONEY } } }
  }
  fulfillments(first: $few) {
    legacyResourceId status displayStatus createdAt deliveredAt estimatedDeliveryAt
    trackingInfo(first: 1) { company number url }
    originAddress { city countryCode }
    fulfillmentLineItems(first: $pieces) { nodes { quantity lineItem { id } } }
  }
  returns(first: $few) {
    nodes {
      id name status createdAt
      returnLineItems(first: $pieces) {
        nodes { quantity ... on ReturnLineItem { returnReasonNote fulfillmentLineItem { lineItem { id } } } }
      }
    }
  }
}
"""
    )
    .replace("LINES", _LINES)
    .replace("MONEY", _MONEY)
    .replace("ADDRESS", _ADDRESS)
)

_SIZES = "$lines: Int!, $few: Int!, $pieces: Int!"
ONE_ORDER = "query OneOrder($id: ID!, " + _SIZES + ") { order(id: $id) { ...Whole } }" + ORDER
ORDERS = (
    """
query Orders($first: Int!, $after: String, $query: String, $counted: Boolean!, SIZES) {
  ordersCount(query: $query, limit: null) @include(if: $counted) { count }
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { ...Whole }
  }
}
""".replace("SIZES", _SIZES)
    + ORDER
)
MORE_LINES = (
    "query MoreLines($id: ID!, $after: String!) { order(id: $id) { lineItems(first: 100, after: $after) { LINES } } }"
).replace("LINES", _LINES)

_VARIANT = """
      legacyResourceId title sku price inventoryQuantity inventoryPolicy
      inventoryItem { tracked unitCost { amount currencyCode } }
"""
PRODUCT = """
fragment Thing on Product {
  legacyResourceId title productType onlineStoreUrl status updatedAt
  featuredMedia { preview { image { url } } }
  variants(first: 100) {
    pageInfo { hasNextPage endCursor }
    nodes { VARIANT }
  }
}
""".replace("VARIANT", _VARIANT)
ONE_PRODUCT = "query OneProduct($id: ID!) { product(id: $id) { ...Thing } }" + PRODUCT
PRODUCTS = (
    """
query Products($first: Int!, $after: String, $query: String, $counted: Boolean!) {
  productsCount(query: $query, limit: null) @include(if: $counted) { count }
  products(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { ...Thing }
  }
}
"""
    + PRODUCT
)
MORE_VARIANTS = (
    "query MoreVariants($id: ID!, $after: String!) { product(id: $id) { variants(first: 100, after: $after) {"
    " pageInfo { hasNextPage endCursor } nodes { VARIANT } } } }"
).replace("VARIANT", _VARIANT)

SHOP = """
query Shop {
  shop { name currencyCode myshopifyDomain }
  currentAppInstallation { accessScopes { handle } }
}
"""
SUBSCRIPTIONS = """
query Subscriptions($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id topic uri }
  }
}
"""
SUBSCRIBE = """
mutation Subscribe($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) {
    webhookSubscription { id }
    userErrors { field message }
  }
}
"""
UNSUBSCRIBE = """
mutation Unsubscribe($id: ID!) {
  webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
}
"""

SUGGESTED = """
query Suggested($id: ID!, $lines: [RefundLineItemInput!]!) {
  order(id: $id) {
    suggestedRefund(refundLineItems: $lines) { refundLineItems { lineItem { id } location { id } restockType } }
  }
}
"""
REFUND = """
mutation Refund($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund { legacyResourceId }
    userErrors { field message }
  }
}
"""
CANCEL = """
mutation Cancel($id: ID!, $notify: Boolean!, $refund: Boolean!, $restock: Boolean!, $note: String) {
  orderCancel(
    orderId: $id, notifyCustomer: $notify, restock: $restock, reason: CUSTOMER, staffNote: $note,
    refundMethod: { originalPaymentMethodsRefund: $refund }
  ) {
    job { id done }
    orderCancelUserErrors { field message code }
  }
}
"""
ADDRESS = """
mutation Address($input: OrderInput!) {
  orderUpdate(input: $input) { order { legacyResourceId } userErrors { field message } }
}
"""
PLACE = """
mutation Place($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) {
  orderCreate(order: $order, options: $options) {
    order { legacyResourceId name }
    userErrors { field message }
  }
}
"""
PLACED = """
query Placed($query: String!) {
  orders(first: 5, query: $query) { nodes { legacyResourceId customAttributes { key value } } }
}
"""
DRAFT = """
mutation Draft($input: DraftOrderInput!) {
  draftOrderCreate(input: $input) {
    draftOrder { legacyResourceId invoiceUrl }
    userErrors { field message }
  }
}
"""
DRAFTED = """
query Drafted($query: String!) {
  draftOrders(first: 5, query: $query) { nodes { legacyResourceId invoiceUrl customAttributes { key value } } }
}
"""
UNDRAFT = """
mutation Undraft($input: DraftOrderDeleteInput!) {
  draftOrderDelete(input: $input) { deletedId userErrors { field message } }
}
"""
GIFT_CARD = """
mutation GiftCard($input: GiftCardCreateInput!) {
  giftCardCreate(input: $input) { giftCard { id } giftCardCode userErrors { field message code } }
}
"""
CODE = """
mutation Code($discount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { field message code }
  }
}
"""
CODE_KNOWN = "query CodeKnown($code: String!) { codeDiscountNodeByCode(code: $code) { id } }"
UNCODE = """
mutation Uncode($id: ID!) { discountCodeDelete(id: $id) { deletedCodeDiscountId userErrors { field message code } } }
"""
RETURNABLE = """
query Returnable($id: ID!) {
  returnableFulfillments(orderId: $id, first: 20) {
    nodes {
      returnableFulfillmentLineItems(first: 50) { nodes { quantity fulfillmentLineItem { id lineItem { id } } } }
    }
  }
  returnReasonDefinitions(first: 1, handles: ["other"]) { nodes { id } }
}
"""
RETURN = """
mutation Return($input: ReturnInput!) {
  returnCreate(returnInput: $input) { return { id name } userErrors { field message code } }
}
"""
UNGIFT = """
mutation Ungift($id: ID!) { giftCardDeactivate(id: $id) { giftCard { id } userErrors { field message code } } }
"""

"""What is asked of a shop, in GraphQL: https://docs.vendure.io/reference/graphql-api/admin/queries"""

from __future__ import annotations

LOGIN = """
mutation In($username: String!, $password: String!) {
  login(username: $username, password: $password) { __typename }
}
"""

# How many digits its money has is the shop's own choice, so every answer with money says it.
_DIGITS = "globalSettings { serverConfig { moneyStrategyPrecision } }"
_ADDRESS = "fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber"

_ORDER = """
fragment Whole on Order {
  id code type state active createdAt updatedAt orderPlacedAt nextStates
  currencyCode subTotalWithTax shippingWithTax totalWithTax couponCodes
  customFields { pressZeroKey pressZeroKind }
  customer { id firstName lastName emailAddress phoneNumber user { id } }
  shippingAddress { ADDRESS } billingAddress { ADDRESS }
  lines {
    id quantity orderPlacedQuantity unitPriceWithTax proratedUnitPriceWithTax proratedLinePriceWithTax proratedLinePrice
    productVariant { id name sku }
  }
  surcharges { id description priceWithTax }
  discounts { description amountWithTax }
  shippingLines { shippingMethod { id } }
  taxSummary { taxTotal }
  payments {
    id method amount state createdAt metadata
    refunds { id total shipping state reason createdAt lines { orderLineId quantity } }
  }
  fulfillments { id state method trackingCode createdAt updatedAt lines { orderLineId quantity } }
}
""".replace("ADDRESS", _ADDRESS)

ONE_ORDER = f"query OneOrder($id: ID!) {{ {_DIGITS} order(id: $id) {{ ...Whole }} }}{_ORDER}"
ORDERS = f"""query Orders($options: OrderListOptions) {{
  {_DIGITS} orders(options: $options) {{ totalItems items {{ ...Whole }} }}
}}{_ORDER}"""

_PRODUCT = """
fragment Thing on Product {
  id name slug enabled updatedAt
  featuredAsset { preview }
  variants {
    id name sku enabled priceWithTax currencyCode trackInventory
    stockLevels { stockOnHand stockAllocated }
  }
}
"""
ONE_PRODUCT = f"query OneProduct($id: ID!) {{ {_DIGITS} product(id: $id) {{ ...Thing }} }}{_PRODUCT}"
PRODUCTS = f"""query Products($options: ProductListOptions) {{
  {_DIGITS} products(options: $options) {{ totalItems items {{ ...Thing }} }}
}}{_PRODUCT}"""

SHOP = "query Shop { me { channels { token code permissions } } activeChannel { token code defaultCurrencyCode } }"
DOORS = "query Doors { globalSettings { customFields { pressZeroDoors } } }"
SET_DOORS = """
mutation SetDoors($doors: [String!]!) {
  updateGlobalSettings(input: { customFields: { pressZeroDoors: $doors } }) {
    __typename ... on GlobalSettings { id } ... on ErrorResult { message }
  }
}
"""

_ENDED = "__typename ... on ErrorResult { errorCode message }"

REFUND = f"""
mutation Refund($input: RefundOrderInput!) {{
  done: refundOrder(input: $input) {{ {_ENDED} ... on Refund {{ id state }} }}
}}
"""
CANCEL = f"""
mutation Cancel($input: CancelOrderInput!) {{
  done: cancelOrder(input: $input) {{ {_ENDED} ... on Order {{ id state }} }}
}}
"""
MOVE = f"""
mutation Move($id: ID!, $state: String!) {{
  done: transitionOrderToState(id: $id, state: $state) {{
    {_ENDED} ... on Order {{ id state }} ... on OrderStateTransitionError {{ transitionError }}
  }}
}}
"""
MODIFY = f"""
mutation Modify($input: ModifyOrderInput!) {{
  done: modifyOrder(input: $input) {{ {_ENDED} ... on Order {{ id }} }}
}}
"""

DRAFT = "mutation Draft { done: createDraftOrder { __typename id code } }"
UNDRAFT = "mutation Undraft($id: ID!) { done: deleteDraftOrder(orderId: $id) { __typename result message } }"
MARK = "mutation Mark($input: UpdateOrderInput!) { done: setOrderCustomFields(input: $input) { __typename } }"
ADD = f"""
mutation Add($id: ID!, $input: AddItemToDraftOrderInput!) {{
  done: addItemToDraftOrder(orderId: $id, input: $input) {{ {_ENDED} }}
}}
"""
BUYER = f"""
mutation Buyer($id: ID!, $customer: ID, $input: CreateCustomerInput) {{
  done: setCustomerForDraftOrder(orderId: $id, customerId: $customer, input: $input) {{ {_ENDED} }}
}}
"""
SEND_TO = """
mutation SendTo($id: ID!, $input: CreateAddressInput!) {
  done: setDraftOrderShippingAddress(orderId: $id, input: $input) { __typename }
}
"""
COUPON = f"""
mutation Coupon($id: ID!, $code: String!) {{
  done: applyCouponCodeToDraftOrder(orderId: $id, couponCode: $code) {{ {_ENDED} }}
}}
"""
WAYS = "query Ways($id: ID!) { eligibleShippingMethodsForDraftOrder(orderId: $id) { id priceWithTax } }"
SEND_BY = f"""
mutation SendBy($id: ID!, $method: ID!) {{
  done: setDraftOrderShippingMethod(orderId: $id, shippingMethodId: $method) {{ {_ENDED} }}
}}
"""

PROMOTION = f"""
mutation Promotion($input: CreatePromotionInput!) {{
  done: createPromotion(input: $input) {{ {_ENDED} ... on Promotion {{ id }} }}
}}
"""
PROMOTIONS = """
query Promotions($code: String!) {
  promotions(options: { filter: { couponCode: { eq: $code } } }) { items { id } }
}
"""
UNPROMOTE = "mutation Unpromote($id: ID!) { done: deletePromotion(id: $id) { __typename result message } }"
DIGITS = f"query Digits {{ {_DIGITS} }}"

"""A provider of phone calls for tests: phones that play the documents they are given, rooms, and an API over HTTP.

It knows nothing of our code. What it does is what the providers' own pages say of each verb and parameter; what they
would stumble over (an unknown verb, a wrong attribute, an address that is not whole) it stumbles over too.
"""

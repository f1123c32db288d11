"""Every write of orders, one verb a file: `taking` what a store says, `typing` what a person says, `attaching` …"""

"""The contract between callers and services: typed results, one Protocol per service, and the scope of a call.

A method of a service that is also a route carries its HTTP binding (:mod:`farm.contract.operation`). The API builds
its routes, and the client its requests, from the same Protocol.
"""

"""The use cases behind the contract."""

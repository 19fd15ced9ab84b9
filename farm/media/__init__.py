"""Media files: probing, decoding, encoding, mixing, muxing. The only room that knows PyAV."""

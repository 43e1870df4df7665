"""The live test: broker, backend, virtual garden and a real Home Assistant with the release, as people have them."""

"""What a gardener knows: pure rules, no clock, no waiting, no input or output."""

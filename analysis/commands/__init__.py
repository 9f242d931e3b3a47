"""The commands of `duibiao`, grouped by what they do: parse, call, print. Heavy modules are loaded by the command that needs them."""

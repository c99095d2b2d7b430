"""Who pays: arrangements, overrides and coverages; the charges they decide and the shares that come of it."""

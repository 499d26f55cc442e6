"""Published networks on this domain, one file each."""

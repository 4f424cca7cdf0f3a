// Ledger: placeholder until its first file lands.

// Files: placeholder until its first file lands.

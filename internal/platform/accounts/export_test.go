package accounts

// Hashes returns how many passwords were hashed so far.
func (s *Service) Hashes() int64 { return s.hashes.Load() }

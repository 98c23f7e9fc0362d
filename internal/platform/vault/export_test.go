package vault

// FileOf tells tests where the master keys are.
func FileOf(v *Vault) string { return v.file }

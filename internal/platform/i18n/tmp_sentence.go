package i18n

// Sentence is a placeholder until the catalog is there.
func Sentence(err error, chinese bool) string { return err.Error() }

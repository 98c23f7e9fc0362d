package table

import "github.com/allclear/allclear/internal/platform/fault"

// Codes of rows that are refused on their own.
const (
	CodeTooManyCells  = "importer.too_many_cells"
	CodeTooFewCells   = "importer.too_few_cells"
	CodeUndecoded     = "importer.undecodable"
	CodeUnclosedQuote = "importer.unclosed_quote"
	CodeStrayQuote    = "importer.stray_quote"
	CodeMergedAcross  = "importer.merged_across"
	CodeNotAnObject   = "importer.not_an_object"
	CodeUnknownKeys   = "importer.unknown_keys"
	// CodeDuplicate: about the same record as an earlier row, with other contents.
	CodeDuplicate = "importer.duplicate_in_file"
	// CodeDuplicateBefore is what it becomes in a file of refused rows, where the earlier
	// row no longer stands beside it.
	CodeDuplicateBefore = "importer.duplicate_before"
)

// Codes of files that are refused whole.
const (
	CodeEmpty        = "importer.empty_file"
	CodeXLSBinary    = "importer.xls_binary"
	CodeEncrypted    = "importer.encrypted"
	CodeZipBomb      = "importer.zip_bomb"
	CodeZipNested    = "importer.nested_zip"
	CodeZipNotXLSX   = "importer.zip_not_xlsx"
	CodeDamaged      = "importer.damaged_file"
	CodeColumns      = "importer.too_many_columns"
	CodeUnknownKind  = "importer.unknown_format"
	CodeEncoding     = "importer.unknown_encoding"
	CodeNoHeader     = "importer.no_header"
	CodeNoSheet      = "importer.no_such_sheet"
	CodeSheetsDiffer = "importer.sheets_differ"
	CodeNoList       = "importer.no_list"
	CodeJSON         = "importer.bad_json"
	CodeTooDeep      = "importer.too_deep"
	CodeCRS          = "importer.unknown_crs"
	CodeLineTooLong  = "importer.line_too_long"
)

// Codes of notices.
const (
	NoticeAtLimit       = "importer.cut_at_limit"
	NoticeHiddenRows    = "importer.hidden_rows"
	NoticeHiddenSheets  = "importer.hidden_sheets"
	NoticeSkippedSheets = "importer.skipped_sheets"
	NoticeMerged        = "importer.merged_filled"
	NoticeBlank         = "importer.blank_rows"
	NoticeTitleRows     = "importer.title_rows"
	NoticeUndecoded     = "importer.undecodable_rows"
	NoticeRagged        = "importer.ragged_rows"
	NoticeHeaderData    = "importer.header_looks_like_data"
	NoticeRenamed       = "importer.columns_renamed"
	NoticeRejectsFile   = "importer.rejects_file"
	NoticeEncoding      = "importer.encoding_guessed"
	NoticeMixed         = "importer.encoding_mixed"
)

// Notice is something the user should know before going on.
type Notice struct {
	Code   string            `json:"code"`
	Params map[string]string `json:"params,omitempty"`
	// Confirm: the user must say explicitly that the file is whole.
	Confirm bool `json:"confirm,omitempty"`
}

func damaged(err error) error {
	return fault.Invalidf(CodeDamaged, "the file is damaged or was made by a faulty program").Because(err)
}

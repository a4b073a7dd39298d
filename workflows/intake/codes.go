package intake

// Codes of rows that did not go in and of values that were left out; words are at "fault.<code>".
const (
	CodeLineTooLong     = "line_too_long" // the row is longer than MaxRecordBytes
	CodeNoName          = "row_no_name"
	CodeNoContact       = "row_no_contact" // neither e-mail nor telephone
	CodeNameInvalid     = "name_invalid"
	CodeNameTooLong     = "name_too_long"
	CodeEmailInvalid    = "email_invalid"
	CodeEmailNotASCII   = "email_not_ascii"
	CodePhoneInvalid    = "phone_invalid"
	CodePhoneRounded    = "phone_rounded"
	CodePhoneNoCountry  = "phone_no_country"
	CodeDateInvalid     = "date_invalid"     // no known shape, or no such day
	CodeDateImplausible = "date_implausible" // in the future, or before 2000
	CodeBirthInvalid    = "birth_implausible"
	CodeExperience      = "experience_invalid"
	CodePay             = "pay_invalid"
	CodeLanguage        = "language_unknown"
	CodeLink            = "link_invalid"
	CodeTooLong         = "text_too_long" // the text was cut
)

// Codes lists every code this package can give, each with words at "fault.<code>" in the catalogues.
func Codes() []string {
	return []string{
		CodeLineTooLong, CodeNoName, CodeNoContact, CodeNameInvalid, CodeNameTooLong, CodeEmailInvalid, CodeEmailNotASCII,
		CodePhoneInvalid, CodePhoneRounded, CodePhoneNoCountry, CodeDateInvalid, CodeDateImplausible, CodeBirthInvalid,
		CodeExperience, CodePay, CodeLanguage, CodeLink, CodeTooLong,
		"name_missing", "email_missing", "phone_missing",
		"file_empty", "file_only_header", "file_too_large", "file_too_many_rows", "file_too_many_cells", "file_unpacks_too_large", "file_not_table",
		"file_is_html", "file_old_excel", "file_broken", "encoding_unknown", "delimiter_unknown", "sheet_unknown", "header_row_unknown",
		"mapping_column_missing", "mapping_column_twice", "mapping_field_unknown", "mapping_no_name", "mapping_no_contact",
	}
}

// WarningCodes lists the codes of Warning, each with words at "intake.<code>" in the catalogues.
func WarningCodes() []string {
	return []string{
		WarnBytesReplaced, WarnColumnsDropped, WarnRowWide, WarnQuoteUnclosed, WarnHeaderRepeated, WarnHeaderDouble,
		WarnHeaderMissing, WarnEncoding,
	}
}

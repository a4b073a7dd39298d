// Package intake reads files of job-board responses as they really come: CSV in four encodings and
// four delimiters or XLSX, with title lines above the header, ragged and blank rows, and dates and
// telephones in every shape. It is pure: bytes in, rows and reason codes out.
//
// The way of a file: Read finds the format and makes a Table that remembers source lines;
// GuessMapping proposes which column is which Field (a person may correct it, Mapping.Check judges
// the correction); Rows yields normalised rows, or the line, field and code of what cannot go in.
// A broken optional value never costs a person his application: the row goes in with a Note.
//
// NormaliseEmail, NormalisePhone, NormaliseName and Judge (the three grades of duplicates) are the
// same for forms, the API and the store, so that one person has one spelling everywhere. WriteCSV is
// the way back out, with a guard against spreadsheet formulas.
//
// Faults carry codes and numbers only, never a value from the file.
package intake

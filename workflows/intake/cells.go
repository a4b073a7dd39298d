package intake

import "strings"

// maxCell is how much of a refused row's cell is kept, in letters: enough to see what is wrong with it.
const maxCell = 500

// Cells returns the mapped cells of a record as the file has them, shortened to 500 letters each; blank ones are
// left out. A row that was refused is shown and mended by them.
func (m Mapping) Cells(headers []string, rec Record) map[Field]string {
	cells := map[Field]string{}
	for i, h := range headers {
		f := m.FieldOf(h)
		text := strings.ReplaceAll(strings.ToValidUTF8(rec.Cell(i), ""), "\x00", "")
		if f == "" || text == "" {
			continue
		}
		cells[f], _ = cut(text, maxCell)
	}
	return cells
}

// WholeName is the name that a row's cells say, in whichever columns it stands.
func WholeName(cells map[Field]string) string {
	if name := cells[FieldName]; name != "" {
		return name
	}
	return strings.Join(strings.Fields(cells[FieldLastName]+" "+cells[FieldFirstName]+" "+cells[FieldPatronymic]), " ")
}

package web

// turn is the choice to call one of those waiting now, whoever came before. It stands on the card of
// everybody who waits, also while nobody could take him: the card then says so.
type turn struct {
	Over  []string  // the names of those passed over, as they stand in the queue
	Lanes []dayLane // which are free
}

// turn makes the choice for one who stands behind those named.
func (b *board) turn(before []string) *turn {
	if !b.Act || !b.Row.Live() {
		return nil
	}
	t := &turn{Over: append([]string(nil), before...)}
	for _, l := range b.Lanes {
		if l.State() == "free" {
			t.Lanes = append(t.Lanes, l)
		}
	}
	return t
}

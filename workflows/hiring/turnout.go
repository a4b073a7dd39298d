package hiring

// Turnout counts the people who had a time and those of them who came.
type Turnout struct{ Invited, Came int }

// placeWorth is how many people's outcome the company's rate weighs against those of one place: the
// weight of the handbook's own prior, 4 + 16.
const placeWorth = ratePriorCame + ratePriorMissed

// Rate returns the probability that somebody invited comes, between 0 and 1, from what was seen in one
// place and in all of the company: a Beta-binomial mean, shrunk from the place to the company and from the
// company to the handbook's one in five. It needs no facts about the person; see LearnRates for those.
func (company Turnout) Rate(place Turnout) float64 {
	mean := (ratePriorCame + float64(company.Came)) / (ratePriorCame + ratePriorMissed + float64(company.Invited))
	return (placeWorth*mean + float64(place.Came)) / (placeWorth + float64(place.Invited))
}

package web

import "github.com/stazh/stazh/api/auth"

// Register states every page's route with who may use it. Each process and each part of the catalogue
// has a line here and its method in the file of its name.
func (p *Pages) Register(r auth.Routes) {
	p.Frame.Register(r)
	p.signInRoutes(r)
	p.accountRoutes(r)
	p.staffRoutes(r)
	p.auditRoutes(r)
	p.candidateRoutes(r)
	p.profileRoutes(r)
	p.venueRoutes(r)
	p.vacancyRoutes(r)
	p.intakeRoutes(r)
	p.applicationRoutes(r)
	p.personRoutes(r)
	p.applyRoutes(r)
	p.homeRoutes(r)
	p.interviewRoutes(r)
	p.dayRoutes(r)
	p.scorecardRoutes(r)
	p.decisionRoutes(r)
	p.funnelRoutes(r)
	p.ratesRoutes(r)
	p.planRoutes(r)
	p.settingsRoutes(r)
}

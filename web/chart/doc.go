// Package chart draws the few charts the product needs as HTML and SVG made in Go: no script, no inline
// style (the content policy forbids both), colours from the style sheet's tokens so that light, dark
// and print follow by themselves. Each chart has a title, a description and its numbers as a table.
//
// Bars compares named things (a funnel, sources); Columns shows a run of slots or days (arrivals);
// Calibration sets predicted shares against observed ones.
package chart

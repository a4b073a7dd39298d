// Package photo makes of an uploaded picture one that may be shown to anybody: a JPEG of moderate size,
// upright, without what the camera wrote into it (where and when it was taken, by whose telephone). It is
// told by its content, never by a name or by what the sender says it is.
package photo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // read

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // read

	"github.com/stazh/stazh/workflows/fault"
)

// MediaType is that of every picture made here.
const MediaType = "image/jpeg"

const (
	maxBytes  = 10 << 20
	maxPixels = 50_000_000 // as today's telephones take; 200 MB in memory while it is read
	side      = 1600       // pixels of the longer side: sharp on a phone's whole screen, some 300 KB
	quality   = 82
)

// reading bounds how many pictures are in memory at once.
var reading = make(chan struct{}, 2)

// Read takes a JPEG, PNG or WebP of at most 10 MB and 50 million pixels. Fault invalid_input with the field
// file: file_empty, file_too_large:10, not_a_photo, too_many_pixels:50.
func Read(file []byte) (picture []byte, err error) {
	switch {
	case len(file) == 0:
		return nil, refused("file_empty")
	case len(file) > maxBytes:
		return nil, refused("file_too_large:10")
	}
	defer func() {
		// Decoders are given what anybody sends, and theirs have panicked before.
		if recover() != nil {
			picture, err = nil, refused("not_a_photo")
		}
	}()
	size, kind, err := image.DecodeConfig(bytes.NewReader(file))
	switch {
	case err != nil || size.Width < 1 || size.Height < 1, kind != "jpeg" && kind != "png" && kind != "webp": // others may be registered elsewhere
		return nil, refused("not_a_photo")
	case size.Width > maxPixels/size.Height: // before a byte of it is unpacked
		return nil, refused("too_many_pixels:50")
	}
	reading <- struct{}{}
	defer func() { <-reading }()
	whole, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, refused("not_a_photo")
	}
	small := shrunk(whole)
	if kind == "jpeg" {
		small = upright(small, orientation(file))
	}
	var out bytes.Buffer
	err = jpeg.Encode(&out, small, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}

func refused(code string) error {
	var f fault.Fields
	f.Add("file", code)
	return f.Err()
}

// shrunk fits a picture into the longest side, on white where it is transparent.
func shrunk(from image.Image) *image.RGBA {
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	if long := max(w, h); long > side {
		w, h = max(w*side/long, 1), max(h*side/long, 1)
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(to, to.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Over, nil)
	return to
}

// upright turns a picture as its camera was held: orientations of Exif, 1 to 8.
func upright(from *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return from
	}
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		to = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			to.SetRGBA(tx, ty, from.RGBAAt(x, y))
		}
	}
	return to
}

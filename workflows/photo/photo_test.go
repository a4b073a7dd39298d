package photo

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"github.com/stazh/stazh/workflows/fault"
)

// halves is red on the left and blue on the right.
func halves(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{B: 255, A: 255})
			if x < w/2 {
				m.SetRGBA(x, y, color.RGBA{R: 255, A: 255})
			}
		}
	}
	return m
}

func asJPEG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// held puts an Exif part with an orientation, and what a camera knows, into a JPEG.
func held(file []byte, orientation uint16, order binary.AppendByteOrder) []byte {
	tiff := []byte("MM")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		tiff = []byte("II")
	}
	tiff = order.AppendUint16(tiff, 42)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint16(tiff, 0x0112)
	tiff = order.AppendUint16(tiff, 3)
	tiff = order.AppendUint32(tiff, 1)
	tiff = order.AppendUint16(tiff, orientation)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	tiff = append(tiff, "GPS 55.7558 37.6173"...)
	part := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, file[:2]...)
	out = append(out, 0xFF, 0xE1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(part)+2))
	out = append(out, part...)
	return append(out, file[2:]...)
}

func read(t *testing.T, file []byte) image.Image {
	t.Helper()
	out, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	m, kind, err := image.Decode(bytes.NewReader(out))
	if err != nil || kind != "jpeg" {
		t.Fatal(kind, err)
	}
	if bytes.Contains(out, []byte("Exif")) || bytes.Contains(out, []byte("GPS")) {
		t.Error("what the camera wrote is still there")
	}
	return m
}

func red(m image.Image, x, y int) bool {
	r, _, b, _ := m.At(x, y).RGBA()
	return r > b
}

func TestPicturesStandUprightAndKnowNothing(t *testing.T) {
	file := asJPEG(t, halves(40, 20))
	// Where the red half is afterwards: a point in it.
	for orientation, at := range map[uint16]image.Point{
		0: {5, 10}, 1: {5, 10}, 2: {35, 10}, 3: {35, 10}, 4: {5, 10}, 5: {10, 5}, 6: {10, 5}, 7: {10, 35}, 8: {10, 35}, 9: {5, 10},
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			m := read(t, held(file, orientation, order))
			if tall := m.Bounds().Dy() > m.Bounds().Dx(); tall != (orientation >= 5 && orientation <= 8) {
				t.Errorf("orientation %d: %v", orientation, m.Bounds())
			}
			other := image.Pt(m.Bounds().Dx()-1-at.X, m.Bounds().Dy()-1-at.Y)
			if !red(m, at.X, at.Y) || red(m, other.X, other.Y) {
				t.Errorf("orientation %d: the red half is not at %v", orientation, at)
			}
		}
	}
}

func TestKindsAndSizes(t *testing.T) {
	if m := read(t, asPNG(t, halves(3000, 1500))); m.Bounds() != image.Rect(0, 0, 1600, 800) || !red(m, 100, 400) || red(m, 1500, 400) {
		t.Error(m.Bounds())
	}
	if m := read(t, asPNG(t, halves(1, 5000))); m.Bounds() != image.Rect(0, 0, 1, 1600) {
		t.Error(m.Bounds())
	}
	if r, g, b, _ := read(t, asPNG(t, image.NewNRGBA(image.Rect(0, 0, 8, 8)))).At(4, 4).RGBA(); min(r, g, b) < 0xF000 {
		t.Error("what is transparent is not white")
	}
	webp, err := base64.StdEncoding.DecodeString("UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAwA0JaQAA3AA/vuUAAA=")
	if err != nil {
		t.Fatal(err)
	}
	if m := read(t, webp); m.Bounds().Dx() != 1 {
		t.Error(m.Bounds())
	}
}

func TestRefusedFiles(t *testing.T) {
	var animated bytes.Buffer
	if err := gif.Encode(&animated, halves(4, 4), nil); err != nil {
		t.Fatal(err)
	}
	// A picture that would fill 14 GB.
	bomb := asPNG(t, halves(4, 4))
	binary.BigEndian.PutUint32(bomb[16:], 60000)
	binary.BigEndian.PutUint32(bomb[20:], 60000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	whole := asJPEG(t, halves(40, 20))
	for code, file := range map[string][]byte{
		"file_empty": nil, "file_too_large:10": make([]byte, maxBytes+1), "too_many_pixels:50": bomb,
		"not_a_photo": whole[:len(whole)/2],
	} {
		if _, err := Read(file); fault.As(err) == nil || fault.As(err).Fields["file"] != code {
			t.Errorf("%v, want %s", err, code)
		}
	}
	for _, file := range [][]byte{animated.Bytes(), []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), []byte("%PDF-1.7"), {0xFF, 0xD8}, {0xFF, 0xD8, 0xFF, 0xE1}, []byte("RIFF....WEBPVP8 ")} {
		if _, err := Read(file); fault.As(err) == nil || fault.As(err).Fields["file"] != "not_a_photo" {
			t.Errorf("%.8q: %v", file, err)
		}
	}
}

// Whatever is sent is a picture or a refusal.
func TestBrokenFilesAreRefused(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	webp, _ := base64.StdEncoding.DecodeString("UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAwA0JaQAA3AA/vuUAAA=")
	for _, sound := range [][]byte{held(asJPEG(t, halves(40, 20)), 6, binary.BigEndian), asPNG(t, halves(9, 7)), webp} {
		for range 3000 {
			file := bytes.Clone(sound)
			for range 1 + random.IntN(4) {
				file[random.IntN(len(file))] = byte(random.Uint32())
			}
			file = file[:1+random.IntN(len(file))]
			if _, err := Read(file); err != nil && fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%x: %v", file, err)
			}
		}
	}
}

package photo

import (
	"bytes"
	"encoding/binary"
)

// orientation reads how the camera was held from a JPEG's Exif part: 1 (upright) to 8, 0 if it does not say.
func orientation(file []byte) int {
	for rest := file[2:]; len(rest) >= 4 && rest[0] == 0xFF; {
		marker, length := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if marker == 0xDA || length < 2 || len(rest) < 2+length {
			return 0 // the picture itself begins, or the file is cut
		}
		part := rest[4 : 2+length]
		if tiff, ok := bytes.CutPrefix(part, []byte("Exif\x00\x00")); ok && marker == 0xE1 {
			return orientationIn(tiff)
		}
		rest = rest[2+length:]
	}
	return 0
}

// orientationIn looks for the tag 0x0112 in the first directory of a TIFF header.
func orientationIn(tiff []byte) int {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	start := order.Uint32(tiff[4:])
	if uint64(start)+2 > uint64(len(tiff)) {
		return 0
	}
	entries := tiff[start+2:]
	for range order.Uint16(tiff[start:]) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == 0x0112 {
			return int(order.Uint16(entries[8:]))
		}
		entries = entries[12:]
	}
	return 0
}

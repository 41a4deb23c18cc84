"""What pdfium, the PDF reader of Chrome, finds in a file: `pdf.py FILE PIXELS` writes the first page's pixels at 144 dpi as
RGB to PIXELS, and prints what else it found as JSON."""
import json
import sys

import pypdfium2

document = pypdfium2.PdfDocument(sys.argv[1])
page = document[0]
bitmap = page.render(scale=2, rev_byteorder=True)
row = bitmap.width * 3
step = bitmap.n_channels
data = bytes(bitmap.buffer)
with open(sys.argv[2], "wb") as out:
    for y in range(bitmap.height):
        line = data[y * bitmap.stride : y * bitmap.stride + bitmap.width * step]
        colours = bytearray(bitmap.width * 3)
        for part in range(3):
            colours[part::3] = line[part::step]
        out.write(colours)
print(json.dumps({
    "pages": len(document),
    "points": page.get_size(),
    "title": document.get_metadata_dict().get("Title"),
    "text": page.get_textpage().get_text_range(),
    "pixels": [bitmap.width, bitmap.height],
}))

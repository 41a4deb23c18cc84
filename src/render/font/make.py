"""Makes the two embedded fonts from Debian's fonts-dejavu-core (DejaVu 2.37).

    pip install fonttools==4.68.0
    python3 make.py /usr/share/fonts/truetype/dejavu

Keeps Latin, Greek, Cyrillic, punctuation, currency, arrows, maths, box drawing, blocks and common symbols, drops
hinting, kerning and ligatures (measuring and drawing add up advance widths, nothing else), and renames the family as the
Bitstream Vera licence demands of modified versions. The licence stands in LICENSE beside the fonts.
"""

import sys

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Heapgraph Sans"
RANGES = [
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x024F),  # Latin
    (0x0259, 0x0259),
    (0x02B0, 0x02FF),  # modifiers
    (0x0300, 0x036F),  # combining marks
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic
    (0x1E00, 0x1EFF),  # Latin additional
    (0x2000, 0x206F),  # punctuation
    (0x2070, 0x209F),  # superscripts and subscripts
    (0x20A0, 0x20BF),  # currency
    (0x2100, 0x214F),  # letterlike
    (0x2150, 0x218F),  # fractions
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematical operators
    (0x2300, 0x23FF),  # technical
    (0x2400, 0x2426),  # control pictures
    (0x2460, 0x2473),  # circled numbers
    (0x2500, 0x257F),  # box drawing
    (0x2580, 0x259F),  # blocks
    (0x25A0, 0x25FF),  # geometric shapes
    (0x2713, 0x2718),
    (0xFFFD, 0xFFFD),
]


def make(source, target, style):
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.notdef_outline = True
    options.recalc_timestamp = False
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    # Layout tables are unused without shaping.
    for tag in ("GSUB", "GPOS", "GDEF", "kern", "FFTM", "gasp"):
        if tag in font:
            del font[tag]
    full = FAMILY if style == "Regular" else f"{FAMILY} {style}"
    names = {1: FAMILY, 2: style, 3: f"{full}; subset of DejaVu Sans 2.37", 4: full,
             6: f"{FAMILY.replace(' ', '')}-{style}"}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    font.save(target)


if __name__ == "__main__":
    folder = sys.argv[1]
    make(f"{folder}/DejaVuSans.ttf", "HeapgraphSans-Regular.ttf", "Regular")
    make(f"{folder}/DejaVuSans-Bold.ttf", "HeapgraphSans-Bold.ttf", "Bold")
